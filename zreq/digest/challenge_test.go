package digest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq/digest"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// text is a list of challenges on one line: a broken one in exclamation marks.
func text(list []digest.Challenge) string {
	var lines []string
	for _, c := range list {
		line := c.Scheme
		if c.Token68 != "" {
			line += " (" + c.Token68 + ")"
		}
		for _, p := range c.Params {
			line += fmt.Sprintf(" %s=[%s]", p[0], p[1])
		}
		if c.Broken {
			line = "!" + line + "!"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; ")
}

func TestChallenges(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"none":                       {"", ""},
		"blanks and commas":          {" ,\t, ,", ""},
		"a scheme by itself":         {"Negotiate", "Negotiate"},
		"token68":                    {"Negotiate YII+/-._~==", "Negotiate (YII+/-._~==)"},
		"token68 and blanks":         {"Negotiate  abc \t", "Negotiate (abc)"},
		"a quoted string":            {`Basic realm="a b"`, "Basic realm=[a b]"},
		"an empty one":               {`Basic realm=""`, "Basic realm=[]"},
		"a token":                    {`Basic realm=a`, "Basic realm=[a]"},
		"commas in quotes":           {`Digest qop="auth, auth-int", a="x,y=z"`, "Digest qop=[auth, auth-int] a=[x,y=z]"},
		"a challenge in quotes":      {`Basic realm="x, Digest realm=y"`, "Basic realm=[x, Digest realm=y]"},
		"escapes":                    {`A b="\"c\\\d"`, `A b=["c\d]`},
		"an escape at each end":      {`A b="\"", c="x\""`, `A b=["] c=[x"]`},
		"a tab in quotes":            {"A b=\"\t\"", "A b=[\t]"},
		"other letters in quotes":    {"A b=\"\u00e9\xff\"", "A b=[\u00e9\xff]"},
		"a blank around the sign":    {"A b = \t\"c\" , d\t=e", "A b=[c] d=[e]"},
		"empty elements":             {`,, A b=c,, , d=e , ,B,`, "A b=[c] d=[e]; B"},
		"a comma after the scheme":   {`A , b=c`, "A b=[c]"},
		"two challenges":             {`Basic realm="x", Digest realm="y", nonce=z`, "Basic realm=[x]; Digest realm=[y] nonce=[z]"},
		"schemes by themselves":      {`Negotiate, NTLM, Digest realm=y`, "Negotiate; NTLM; Digest realm=[y]"},
		"token68, and another":       {`Negotiate abc=, Digest realm=y`, "Negotiate (abc=); Digest realm=[y]"},
		"one after a token68":        {`Negotiate abc, realm=y`, "!Negotiate (abc)!"},
		"one like a token68":         {`A b==, B c`, "A (b==); B (c)"},
		"a name twice":               {`A b=c, B=d, C e=f`, "!A b=[c]!; C e=[f]"},
		"a parameter without value":  {`A b=c, d, e=f`, "A b=[c]; d e=[f]"},
		"no closing quote":           {`A b=c, B d="e, C f=g`, "A b=[c]; !B!"},
		"a backslash at the end":     {`A b="c\`, "!A!"},
		"a backslash before the end": {`A b="c\"`, "!A!"},
		"a line break in quotes":     {"A b=\"c\r\nX: d\"", "!A!"},
		"an escaped one":             {"A b=\"c\\\nd\"", "!A!"},
		"NUL in quotes":              {"A b=\"\x00\"", "!A!"},
		"DEL in quotes":              {"A b=\"\x7f\"", "!A!"},
		"no comma after quotes":      {`A b="c" d=e`, "!A b=[c]!"},
		"nor after a token":          {`A b=c d=e, B f=g`, "!A b=[c]!"},
		"something after quotes":     {`A b="c"d`, "!A b=[c]!"},
		"no value":                   {`A b=c, d=, e=f`, "!A b=[c]!"},
		"a value that is no token":   {`A b=c, d=/, B`, "!A b=[c]!"},
		"two schemes, no comma":      {`A B c=d`, "!A!"},
		"a parameter without scheme": {`b=c, A d=e`, ""},
		"a quote for a scheme":       {`"A", B`, ""},
		"no blank after the scheme":  {`A"b"`, "!A!"},
		"nor before a token68":       {`A/b, C`, "!A!"},
		"a separator of others":      {`A b=c; d=e, B`, "!A b=[c]!"},
		"other letters":              {"A \u00e9=c", "!A!"},
		"the colon of a field":       {"WWW-Authenticate: A b=c", "!WWW-Authenticate!"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(text(digest.Challenges(tt.in)), tt.want) // what RFC 9110, 11.6.1 lets one read
		})
	}
}

func TestChallengeHasABound(t *testing.T) {
	is := is.New(t)
	in := "A p0=x"
	for i := 1; i < digest.MaxParams; i++ {
		in += fmt.Sprintf(", p%d=x", i)
	}
	list := digest.Challenges(in)
	is.Equal(len(list[0].Params), digest.MaxParams) // as many as there may be are kept
	is.Equal(list[0].Broken, false)                 // which is no fault
	list = digest.Challenges(in + ", more=x, B c=d")
	is.Equal(len(list[0].Params), digest.MaxParams) // no more are kept
	is.Equal(list[0].Broken, true)                  // and that one is not used
	is.Equal(text(list[1:]), "B c=[d]")             // the next is
}

// A field as long as a head may be takes as many steps as it has bytes, or a
// small multiple, whatever it is made of.
func TestChallengesAreReadInPlace(t *testing.T) {
	for _, unit := range []string{"a,", "a=", "a ", ",", "a=b,", "a b,", "a b=\"\",", "\"", "a  b", "\\", "="} {
		is := is.New(t)
		in := "A b=\"" + strings.Repeat(unit, 16384/len(unit))
		allocs, _ := zreqtest.Allocs(func() { digest.Count(in) })
		is.True(allocs < 40) // a broken one costs nothing
		in = strings.Repeat(unit, 16384/len(unit))
		allocs, _ = zreqtest.Allocs(func() { digest.Count(in) })
		is.True(allocs < 40) // nor do many: one is held at a time
	}
}

// FuzzChallenges: what is read does not depend on how it was written, nothing of
// it can break out of a field, and there is no more of it than there was.
func FuzzChallenges(f *testing.F) {
	for _, seed := range []string{
		`Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv"`,
		`Basic realm="a\"b\\", charset=UTF-8, Negotiate YII=, , Digest realm=x,nonce = "y" , stale=TRUE`,
		`NTLM, Bearer error="invalid_token", error_description="no, really", DPoP algs="ES256 PS256"`,
		`Digest realm="x`, `Digest realm="\`, `Digest realm=x, realm=y`, `a=b`, "A b=\"\r\n\"", `A ==`, `A b= c`, "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		list := digest.Challenges(in)
		var fields []string
		size := 0
		for i, c := range list {
			if c.Broken {
				continue
			}
			field := c.Scheme
			size += len(c.Scheme) + len(c.Token68)
			if c.Token68 != "" {
				field += " " + c.Token68
			}
			for j, p := range c.Params {
				size += len(p[0]) + len(p[1])
				if strings.ContainsAny(p[1], "\x00\r\n\x7f") {
					t.Fatalf("%q: control characters in %q", in, p)
				}
				field += [2]string{" ", ", "}[min(j, 1)] + p[0] + "=" + string(digest.AppendQuoted(nil, p[1]))
			}
			if again := digest.Challenges(field); text(again) != text(list[i:i+1]) {
				t.Fatalf("%q: %q was read, of which %q is read", in, text(list[i:i+1]), text(again))
			}
			fields = append(fields, field)
		}
		if size > len(in) {
			t.Fatalf("%q: %d bytes were read", in, size)
		}
		if again := digest.Challenges(strings.Join(fields, ", ")); len(again) != len(fields) {
			t.Fatalf("%q: %d challenges, and %d in one field: %q", in, len(fields), len(again), text(again))
		}
	})
}
