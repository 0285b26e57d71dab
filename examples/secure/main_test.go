package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRun(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	is.NoErr(run(t.Context(), &out)) // each was judged as it should be
	is.True(regexp.MustCompile(`^the good server's key is (sha256//\S{44})

own authority           accepted  as device 7, in a new session
the same again          accepted  as device 7, in a session that was resumed
and the right pin       accepted  as device 7, in a new session
the pin alone           accepted  as device 7, in a new session
a wrong pin             refused   .*: it is sha256//\S{44}
without our certificate refused   no client certificate was shown, .*: tls: certificate required
roots of the system     refused   .*
expired                 refused   certificate has expired: .*
not yet valid           refused   certificate is not valid yet, .*
wrong host              refused   .* valid for 10.0.0.7, not 127.0.0.1
self-signed             refused   self-signed certificate: .*
TLS 1.1                 refused   the peer speaks no version of TLS .*
plain HTTP              refused   the peer does not speak TLS.*

the secure element signed 3 times
$`).MatchString(out.String())) // with the reason
	pin, _, _ := strings.Cut(strings.TrimPrefix(out.String(), "the good server's key is "), "\n")
	is.Equal(strings.Count(out.String(), pin), 2) // the pin that was refused is told
}
