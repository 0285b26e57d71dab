//go:build !wasip1

package digest_test

import (
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq/digest"
)

const fipsOnly = "GODEBUG=fips140=only"

// A program may be run with the hashes of FIPS 140 alone, where MD5 panics.
func TestHashThatIsForbidden(t *testing.T) {
	if os.Getenv("GODEBUG") != "fips140=only" {
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		again := exec.CommandContext(t.Context(), program, "-test.run=^TestHashThatIsForbidden$")
		again.Env = append(os.Environ(), fipsOnly)
		if out, err := again.CombinedOutput(); err != nil {
			t.Errorf("with %s: %v\n%s", fipsOnly, err, out)
		}
		return
	}
	is := is.New(t)
	a := digest.New("u", "p")
	for _, c := range []string{old, byMD5, byMD5 + "-sess", byMD5 + ", userhash=true", authInt} {
		is.Equal(ask(t, a, "/", c), "")                                          // it is not answered
		is.True(errors.Is(digest.Check([]string{c}), digest.ErrAlgorithm))       // and Check tells why
		is.Equal(paramsOf(ask(t, a, "/", c, bySHA256))["realm"].value, "sha256") // one that may be used is
	}
}

// It may be forbidden to one part of the program and allowed to another.
func TestHashThatIsForbiddenLater(t *testing.T) {
	is := is.New(t)
	a := digest.New("u", "p")
	ask(t, a, "/", byMD5)
	allow := digest.ForbidMD5()
	defer allow()
	is.Equal(ask(t, a, "/"), "") // the request goes without
	allow()
	is.Equal(paramsOf(ask(t, a, "/"))["nc"].value, "00000002") // and nothing is forgotten
}
