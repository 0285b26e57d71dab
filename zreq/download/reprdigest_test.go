package download

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

// TestReprDigest: the digest is found wherever it stands, and a field that breaks a rule
// of RFC 9651 says nothing at all.
func TestReprDigest(t *testing.T) {
	want := bytes.Repeat([]byte{0xa5}, 32)
	text := base64.StdEncoding.EncodeToString(want)
	good := "sha-256=:" + text + ":"
	for field, found := range map[string]bool{
		good:                                   true,
		" " + good + " ":                       true,
		"sha-512=:AAAA:, " + good:              true,
		"sha-512=:AAAA:\t,\t" + good:           true,
		good + ", sha-512=:AAAA:":              true,
		good + ";a;b=1;c=\"x\\\"\";d=?0;e=t/x": true,
		"a, b=?1, c=1.5, d=-3, e=\"s\", f=tok, g=(1 2;x \"a\");y, h=@-5, i=%\"%c3%bc\", " + good: true,
		"sha-256=1, " + good:                             true, // the last one counts
		good + ", sha-256=1":                             false,
		good + ", sha-256=:AAAA:":                        false, // not a SHA-256
		"sha-256=:" + strings.TrimRight(text, "=") + ":": true,  // without padding
		"sha-256=:" + text[:43] + "!:":                   false,
		"sha-256=:" + text[:20] + "\n" + text[20:] + ":": false,
		"sha-256=:" + text:                               false,
		"sha-256=" + text:                                false,
		"sha-256=:" + text[:42] + "V=:":                  false, // bits that are left over
		good + ",":                                       false,
		"," + good:                                       false,
		good + " " + good:                                false,
		"SHA-256=:" + text + ":":                         false, // keys are lower case
		good + ", A=1":                                   false,
		good + ", a=":                                    false,
		good + ", a=(1 2":                                false,
		good + ", a=(1,2)":                               false,
		good + ", a=\"\x7f\"":                            false,
		good + ", a=\"\\a\"":                             false,
		good + ", a=?2":                                  false,
		good + ", a=1234567890123456":                    false,
		good + ", a=1.":                                  false,
		good + ", a=1.2345":                              false,
		good + ", a=%\"%C3\"":                            false,
		good + ", a=%\"%c3\"":                            false, // no UTF-8
		good + ", a=%\"%e2%82%ac \"":                     true,
		good + ", a=%\"%e2%82\"":                         false, // half of it
		good + ", a=%\"%ff\"":                            false,
		good + ", a=%\"\u20ac\"":                         false, // has to be escaped
		good + "; A":                                     false,
		good + ";":                                       false,
		"":                                               false,
		"sha-256":                                        false,
	} {
		d := dictionary{field}
		got := d.sha256()
		if found != bytes.Equal(got, want) || !found && got != nil {
			t.Errorf("%q: %x", field, got)
		}
	}
}

// FuzzReprDigest: no field makes the parser fail or find a digest of another length.
func FuzzReprDigest(f *testing.F) {
	f.Add("sha-256=:AAAA:;a=1, b=(1 \"x\";y), c=%\"%c3\"")
	f.Fuzz(func(t *testing.T, field string) {
		d := dictionary{field}
		if got := d.sha256(); got != nil && len(got) != 32 {
			t.Errorf("%x", got)
		}
	})
}
