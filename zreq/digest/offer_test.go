package digest_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/digest"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const (
	byMD5    = `Digest realm="md5", nonce="n", qop="auth", algorithm=MD5`
	bySHA256 = `Digest realm="sha256", nonce="n", qop="auth", algorithm=SHA-256`
	bySHA512 = `Digest realm="sha512", nonce="n", qop="auth", algorithm=SHA-512-256`
	integer  = `Digest realm="int", nonce="n", qop="auth-int", algorithm=SHA-256`
	old      = `Digest realm="old", nonce="n"`
)

// once is a body that cannot be read twice.
func once(s string) io.Reader { return io.MultiReader(strings.NewReader(s)) }

func testChoice(t *testing.T) {
	for name, tt := range map[string]struct {
		challenges []string
		integrity  bool
		body       io.Reader
		want       string // realm, algorithm and qop
	}{
		"MD5 and SHA-256":             {[]string{byMD5, bySHA256}, false, nil, "sha256 SHA-256 auth"},
		"the other way round":         {[]string{bySHA256, byMD5}, false, nil, "sha256 SHA-256 auth"},
		"all three":                   {[]string{bySHA256, bySHA512, byMD5}, false, nil, "sha512 SHA-512-256 auth"},
		"in one field":                {[]string{byMD5 + ", " + bySHA512 + "," + bySHA256}, false, nil, "sha512 SHA-512-256 auth"},
		"the first of equals":         {[]string{byMD5, strings.Replace(byMD5, `"md5"`, `"b"`, 1)}, false, nil, "md5 MD5 auth"},
		"-sess is not stronger":       {[]string{byMD5, byMD5 + "-sess"}, false, nil, "md5 MD5 auth"},
		"nor weaker":                  {[]string{byMD5 + "-sess", byMD5}, false, nil, "md5 MD5-sess auth"},
		"-sess of a stronger":         {[]string{byMD5, bySHA256 + "-sess"}, false, nil, "sha256 SHA-256-sess auth"},
		"a qop rather than none":      {[]string{old, byMD5}, false, nil, "md5 MD5 auth"},
		"no qop of a stronger":        {[]string{byMD5, old + ", algorithm=SHA-256"}, false, nil, "old SHA-256 "},
		"no qop":                      {[]string{old}, false, nil, "old  "},
		"an empty qop":                {[]string{old + `, qop=""`}, false, nil, "old  "},
		"no algorithm":                {[]string{old + `, qop=auth`}, false, nil, "old  auth"},
		"no quotes, or too many":      {[]string{`Digest realm=r, nonce=n, qop=auth, algorithm="MD5"`}, false, nil, "r MD5 auth"},
		"any case":                    {[]string{`dIGEST REALM=r, Nonce=n, QOP="AUTH", ALGORITHM=sha-256-SESS`}, false, nil, "r sha-256-SESS auth"},
		"other schemes":               {[]string{`Basic realm="a, b"`, "Negotiate abc=", `Bearer error="x", ` + byMD5 + ", NTLM"}, false, nil, "md5 MD5 auth"},
		"an unknown algorithm":        {[]string{old + ", algorithm=SHA3-256", byMD5}, false, nil, "md5 MD5 auth"},
		"a name of Unicode":           {[]string{byMD5 + "-\u017fe\u017f\u017f", old}, false, nil, "old  "},
		"an unknown qop":              {[]string{old + `, qop="auth-conf", algorithm=SHA-256`, byMD5}, false, nil, "md5 MD5 auth"},
		"unknown and known qops":      {[]string{old + `, qop="auth-conf,, token ,auth"`}, false, nil, "old  auth"},
		"a broken challenge":          {[]string{bySHA256 + `, realm="again"`, byMD5}, false, nil, "md5 MD5 auth"},
		"auth-int beside auth":        {[]string{old + `, qop="auth-int,auth"`}, false, nil, "old  auth"},
		"auth-int is preferred":       {[]string{old + `, qop="auth,auth-int"`}, true, nil, "old  auth-int"},
		"only auth-int":               {[]string{integer}, false, nil, "int SHA-256 auth-int"},
		"for a body that can go back": {[]string{integer}, false, strings.NewReader("x"), "int SHA-256 auth-int"},
		"auth for one that cannot":    {[]string{old + `, qop="auth,auth-int"`}, true, once("x"), "old  auth"},
		"a weaker one for it":         {[]string{integer, byMD5}, true, once("x"), "md5 MD5 auth"},
		"none at all":                 {nil, false, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			a := digest.New("u", "p")
			a.Integrity = tt.integrity
			got, err := a.Answer(zreq.AuthRequest{
				Method: "GET", Origin: "http://device.test", Target: "/", Body: tt.body,
			}, tt.challenges...)
			is.NoErr(err)
			if tt.want == "" {
				is.Equal(got, "") // there is nothing to answer
				return
			}
			p := paramsOf(got)
			is.Equal(p["realm"].value+" "+p["algorithm"].value+" "+p["qop"].value, tt.want) // the strongest that fits
		})
	}
}

// A server may send hundreds of challenges in one field: none of them costs memory.
func TestManyChallengesTakeNoMoreMemory(t *testing.T) {
	is := is.New(t)
	allocations := func(challenge string, n int) int64 {
		field := []string{strings.Repeat(challenge+", ", n)}
		allocs, _ := zreqtest.Allocs(func() { _ = digest.Check(field) })
		return allocs
	}
	for _, challenge := range []string{byMD5, bySHA256, old + ", algorithm=x", "Digest", "Negotiate abc="} {
		is.Equal(allocations(challenge, 700), allocations(challenge, 2)) // it is read in place
	}
}

func testCheck(t *testing.T) {
	for name, tt := range map[string]struct {
		challenges []string
		want       error
	}{
		"none":                         {nil, digest.ErrNoDigest},
		"other schemes":                {[]string{`Basic realm="Digest"`, "Negotiate"}, digest.ErrNoDigest},
		"no field that can be read":    {[]string{`"` + byMD5}, digest.ErrNoDigest},
		"one that can be answered":     {[]string{byMD5}, digest.ErrPassword},
		"one of several":               {[]string{old + `, qop=x`, "Digest", byMD5}, digest.ErrPassword},
		"only auth-int":                {[]string{integer}, digest.ErrPassword},
		"a stale nonce":                {[]string{old, byMD5 + ", stale=TRUE"}, digest.ErrStale},
		"stale, but not the strongest": {[]string{old + ", stale=true", byMD5}, digest.ErrPassword},
		"the scheme alone":             {[]string{"Digest"}, digest.ErrMalformed},
		"token68":                      {[]string{"Digest abc="}, digest.ErrMalformed},
		"no nonce":                     {[]string{`Digest realm="r", qop="auth"`}, digest.ErrMalformed},
		"no realm":                     {[]string{`Digest nonce="n", qop="auth"`}, digest.ErrMalformed},
		"a parameter twice":            {[]string{old + ", nonce=m"}, digest.ErrMalformed},
		"one that nobody knows, twice": {[]string{old + ", x=y, X=z"}, digest.ErrMalformed},
		"no closing quote":             {[]string{old + `, opaque="x`}, digest.ErrMalformed},
		"a line break in the realm":    {[]string{"Digest realm=\"r\r\nX: y\", nonce=n"}, digest.ErrMalformed},
		"an escaped one":               {[]string{"Digest realm=\"r\\\nX: y\", nonce=n"}, digest.ErrMalformed},
		"a tab in the realm":           {[]string{"Digest realm=\"\t\", nonce=n"}, digest.ErrMalformed},
		"a tab in the nonce":           {[]string{"Digest realm=r, nonce=\"\t\""}, digest.ErrMalformed},
		"a tab in opaque":              {[]string{old + ", opaque=\"\t\""}, digest.ErrMalformed},
		"a list that is none":          {[]string{old + `, qop="auth;auth-int"`}, digest.ErrMalformed},
		"too long":                     {[]string{`Digest realm="` + long(digest.MaxBytes) + `", nonce=n`}, digest.ErrTooLong},
		"too long a domain":            {[]string{old + `, domain="` + long(digest.MaxBytes) + `"`}, digest.ErrTooLong},
		"too long together":            {[]string{`Digest realm="` + long(digest.MaxBytes-1) + `", nonce=n, opaque=o`}, digest.ErrTooLong},
		"too long with backslashes":    {[]string{`Digest realm="r", nonce="` + strings.Repeat(`\"`, digest.MaxBytes/2) + `"`}, digest.ErrTooLong},
		"of either kind":               {[]string{`Digest realm="r", nonce=n, opaque="` + strings.Repeat(`\\`, digest.MaxBytes/2) + `"`}, digest.ErrTooLong},
		"in the realm":                 {[]string{`Digest nonce=n, realm="` + strings.Repeat(`\"`, digest.MaxBytes/2) + `"`}, digest.ErrTooLong},
		"not with them":                {[]string{`Digest realm="r", nonce="nn", opaque="` + strings.Repeat(`\\`, digest.MaxBytes/2-2) + `x"`}, digest.ErrPassword},
		"not too long":                 {[]string{`Digest realm="` + long(digest.MaxBytes-2) + `", nonce=n, opaque=o`}, digest.ErrPassword},
		"an unknown algorithm":         {[]string{old + `, algorithm=SHA-1`}, digest.ErrAlgorithm},
		"an empty one":                 {[]string{old + `, algorithm=""`}, digest.ErrAlgorithm},
		"an unknown qop":               {[]string{old + `, qop="auth-conf"`}, digest.ErrQop},
		"-sess without qop":            {[]string{old + `, algorithm=MD5-sess`}, digest.ErrQop},
		"the first of two":             {[]string{old + `, algorithm=x`, old + `, qop=x`}, digest.ErrAlgorithm},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			err := digest.Check(tt.challenges)
			is.True(errors.Is(err, tt.want)) // why the 401 is the answer
			answered := err == digest.ErrPassword || err == digest.ErrStale
			a := digest.New("u", "p")
			is.Equal(ask(t, a, "/", tt.challenges...) == "", !answered) // or that it is not
			is.Equal(ask(t, a, "/") == "", !answered)                   // and what is remembered
		})
	}
}

// FuzzAnswers: whatever a server asks for and a user is called, an answer is one
// field, made of parameters, and is known again when it comes back refused.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{byMD5, bySHA256 + "-sess", integer, old, `Digest realm="\"\\", nonce="a, realm=\"b\"", opaque=""`} {
		f.Add(seed, `J\"ä`, "/a?b=\"c\\")
	}
	f.Fuzz(func(t *testing.T, in, user, target string) {
		for i := range len(target) {
			if target[i] <= ' ' || target[i] == 0x7f {
				return // package zreq sends no such target
			}
		}
		a := digest.New(user, "secret password")
		r := zreq.AuthRequest{Method: "GET", Origin: "http://device.test", Target: target}
		got, err := a.Answer(r, in)
		if got == "" || err != nil {
			return
		}
		if p := paramsOf(got); p == nil || p["uri"] != (value{target, true}) || strings.ContainsAny(got, "\x00\r\n") {
			t.Fatalf("%q is answered by %q", in, got)
		}
		r.Sent = got
		again, err := a.Answer(r, in)
		if err != nil || (again != "") != digest.Stale(in) {
			t.Fatalf("%q is answered by %q, and that by %q, %v", in, got, again, err)
		}
	})
}
