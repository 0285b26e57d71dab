package digest_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/digest"
)

// lines joins the lines of a field that an RFC has broken.
func lines(list ...string) string { return strings.Join(list, " ") }

// RFC 7616, 3.9.1 to 3.9.2, in the order and the spelling of the RFC.
func testExamplesOfRFC7616(t *testing.T) {
	md5 := lines(`Digest realm="http-auth@example.org",`, `qop="auth, auth-int",`, `algorithm=MD5,`,
		`nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",`, `opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`)
	sha256 := strings.Replace(md5, "=MD5", "=SHA-256", 1)
	sha512 := lines(`Digest realm="api@example.org",`, `qop="auth",`, `algorithm=SHA-512-256,`,
		`nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",`,
		`opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS",`, `charset=UTF-8,`, `userhash=true`)

	mufasa := func(algorithm, response string) string {
		return lines(`Digest username="Mufasa",`, `realm="http-auth@example.org",`, `uri="/dir/index.html",`,
			`algorithm=`+algorithm+`,`, `nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",`, `nc=00000001,`,
			`cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",`, `qop=auth,`, `response="`+response+`",`,
			`opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`)
	}
	// The RFC's own username and response in 3.9.2, 488869…54ec and ae66e6…79dd, are
	// made with SHA-512 cut to its first 256 bits. What 6.1 registers as SHA-512-256
	// is that of FIPS 180-4, which begins from other values, and gives these: those
	// of erratum 4897. All else of the example holds to the letter.
	doe := lines(`Digest username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b",`,
		`realm="api@example.org",`, `uri="/doe.json",`, `algorithm=SHA-512-256,`,
		`nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",`, `nc=00000001,`,
		`cnonce="NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",`, `qop=auth,`,
		`response="3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5",`,
		`opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS",`, `userhash=true`)

	for name, tt := range map[string]struct {
		user, password, origin, target, cnonce string
		challenges                             []string
		want                                   string
	}{
		"3.9.1, MD5": {
			"Mufasa", "Circle of Life", "http://www.example.org", "/dir/index.html",
			"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
			[]string{md5},
			mufasa("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
		},
		"3.9.1, SHA-256": {
			"Mufasa", "Circle of Life", "http://www.example.org", "/dir/index.html",
			"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
			[]string{md5, sha256},
			mufasa("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
		},
		"3.9.2": {
			"J\u00e4s\u00f8n Doe", "Secret, or not?", "http://api.example.org", "/doe.json",
			"NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
			[]string{sha512},
			doe,
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			a := digest.New(tt.user, tt.password)
			a.FixCnonce(tt.cnonce)
			r := zreq.AuthRequest{Method: "GET", Origin: tt.origin, Target: tt.target}
			got, err := a.Authorize(r)
			is.NoErr(err)
			is.Equal(got, "") // the first request goes without
			got, err = a.Answer(r, tt.challenges...)
			is.NoErr(err)
			is.Equal(got, tt.want) // every byte of the example
		})
	}
}

// The examples of the RFCs before: an answer is in the terms of the challenge.
func testExamplesOfOlderRFCs(t *testing.T) {
	const origin = "http://www.nowhere.org"
	for name, tt := range map[string]struct {
		user, password, cnonce, challenge, want string
	}{
		"RFC 2617, 3.5": {
			"Mufasa", "Circle Of Life", "0a4f113b",
			`Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ` +
				`opaque="5ccc069c403ebaf9f0171e9517f40e41"`,
			`Digest username="Mufasa", realm="testrealm@host.com", uri="/dir/index.html", ` +
				`nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", nc=00000001, cnonce="0a4f113b", qop=auth, ` +
				`response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"`,
		},
		"RFC 2069, 2.4, with the response of its erratum": {
			"Mufasa", "CircleOfLife", "",
			`Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ` +
				`opaque="5ccc069c403ebaf9f0171e9517f40e41"`,
			`Digest username="Mufasa", realm="testrealm@host.com", uri="/dir/index.html", ` +
				`nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ` +
				`response="1949323746fe6a43ef61f9606e7febea", opaque="5ccc069c403ebaf9f0171e9517f40e41"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			a := digest.New(tt.user, tt.password)
			a.FixCnonce(tt.cnonce)
			got, err := a.Answer(zreq.AuthRequest{
				Method: "GET", Origin: origin, Target: "/dir/index.html",
			}, tt.challenge)
			is.NoErr(err)
			is.Equal(got, tt.want) // no algorithm, qop, nc or cnonce unless the server began with it
		})
	}
}

// Which parameters have quotes is a matter of RFC 7616, 3.4; what is in them comes
// back as it came.
func TestQuoting(t *testing.T) {
	is := is.New(t)
	a := digest.New(`back\slash "quote"`, "p")
	got := ask(t, a, `/a"b\c?d=e,f`, `Digest realm="a \"b\\ c, d=e\x", nonce="\"n\"==", opaque="", qop="auth", algorithm=md5, userhash=false`)
	is.True(strings.HasPrefix(got, `Digest username="back\\slash \"quote\"", realm="a \"b\\ c, d=ex", uri="/a\"b\\c?d=e,f", `+
		`algorithm=md5, nonce="\"n\"==", nc=00000001, cnonce="`))
	is.True(strings.HasSuffix(got, `", opaque=""`)) // an empty one comes back as well
	p := paramsOf(got)
	for name, quoted := range map[string]bool{
		"username": true, "realm": true, "nonce": true, "uri": true, "response": true, "cnonce": true, "opaque": true,
		"algorithm": false, "qop": false, "nc": false,
	} {
		_, there := p[name]
		is.True(there)                   // each is sent
		is.Equal(p[name].quoted, quoted) // with quotes or without
	}
	is.Equal(len(p), 10)                                                                  // and no other
	is.Equal(len(p["cnonce"].value), 32)                                                  // 128 bits
	is.True(p["cnonce"].value != paramsOf(ask(t, a, "/"))["cnonce"].value)                // each time others
	is.Equal(paramsOf(ask(t, a, "/", byMD5+", userhash=TRUE"))["userhash"].value, "true") // in any case
}

func TestNameOfTheUser(t *testing.T) {
	const (
		plain = `Digest realm="r", nonce="n", qop="auth"`
		doe   = "J\u00e4s\u00f8n Doe" // RFC 7616, 3.9.2
	)
	for name, tt := range map[string]struct{ user, challenge, want string }{
		"ASCII":                         {"Jason Doe", plain + ", charset=UTF-8", `username="Jason Doe"`},
		"none":                          {"", plain, `username=""`},
		"what looks like an escape":     {"100%'", plain + ", charset=UTF-8", `username="100%'"`},
		"to a server of RFC 2617":       {doe, plain, `username="` + doe + `"`},
		"that names its algorithm":      {doe, plain + ", algorithm=MD5", `username="` + doe + `"`},
		"to one with a charset":         {doe, plain + ", charset=UTF-8", `username*=UTF-8''J%C3%A4s%C3%B8n%20Doe`},
		"to one that could take a hash": {doe, plain + ", userhash=false", `username*=UTF-8''J%C3%A4s%C3%B8n%20Doe`},
		"to one with a new algorithm":   {doe, plain + ", algorithm=SHA-256", `username*=UTF-8''J%C3%A4s%C3%B8n%20Doe`},
		"every sign":                    {"\u00e9 !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~", plain + ", charset=UTF-8", "username*=UTF-8''%C3%A9%20!%22#$%25&%27%28%29%2A+%2C-.%2F09%3A%3B%3C%3D%3E%3F%40AZ%5B%5C%5D^_`az%7B|%7D~"},
		"what is no UTF-8":              {"J\xe4son", plain + ", charset=UTF-8", "username=\"J\xe4son\""},
		"hashed":                        {doe, plain + ", charset=UTF-8, userhash=true", `username="` + md5Of(doe+":r") + `"`},
		"hashed with the algorithm":     {"u", plain + ", algorithm=SHA-256, userhash=true", `username="` + sha256Of("u:r") + `"`},
		"hashed, of what was in quotes": {`u"`, `Digest realm="\"r\"", nonce="n", qop="auth", userhash=true`, `username="` + md5Of(`u":"r"`) + `"`},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			got := ask(t, digest.New(tt.user, "p"), "/", tt.challenge)
			is.True(strings.HasPrefix(got, "Digest "+tt.want+", realm="))                                     // a way that the server understands
			is.Equal(strings.Contains(got, "userhash=true"), strings.Contains(tt.challenge, "userhash=true")) // and says that it is hashed
		})
	}
}
