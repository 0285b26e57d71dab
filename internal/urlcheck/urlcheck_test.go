package urlcheck_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/internal/urlcheck"
)

func TestCheck(t *testing.T) {
	for url, want := range map[string]string{
		"http://fleet.test/image":                     "http://fleet.test/image",
		"http://user:secret@fleet.test/image?secret":  "http://fleet.test/image",
		"https://fleet.test:8443/@scope/image#secret": "https://fleet.test:8443/@scope/image",
		"http://[fe80::1%25eth0]:80/":                 "http://[fe80::1%25eth0]/",
		"http://user:1234567/secret@fleet.test/":      "",
		"http://user:secret/1@fleet.test/":            "",
		"http://user:secret?secret@fleet.test/":       "",
		"http://user:12345678@9@fleet.test/secret":    "",
		"http:/user:secret@fleet.test/":               "",
		"user:secret@fleet.test/":                     "",
		"ftp://user:secret@fleet.test/":               "",
		"secret/image":                                "",
		"":                                            "",
	} {
		t.Run(url, func(t *testing.T) {
			is := is.New(t)
			shown, err := urlcheck.Check(url)
			is.Equal(shown, want)
			is.Equal(err == nil, want != "")
			if err != nil && strings.Contains(url, "@") {
				is.True(!strings.Contains(err.Error(), "secret") && !strings.Contains(err.Error(), "1234567"))
			}
		})
	}
}
