package zreq_test

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// These are proofs of rows of TestFeature that no other test needs.

// sessionTakesFiles is of A2: a Session sends the Files and the Data of a call.
func sessionTakesFiles(t *testing.T) {
	is := is.New(t)
	peer := answers(t, noContent)
	s := &zreq.Session{Driver: peer}
	defer s.Close()
	_, err := s.Post(context.Background(), site, &zreq.Args{Files: parts(t), Data: pairs})
	is.NoErr(err)
	is.True(strings.HasSuffix(peer.Requests()[0], "Content-Type: multipart/form-data; boundary=xx\r\n"+lengthOf(both)))
}

// headMemory is of M14: a Response that is used again has the memory for its head, and
// with DropHead none is taken.
func headMemory(t *testing.T) {
	if underRace {
		t.Skip("the race detector makes pools forget")
	}
	is := is.New(t)
	driver, url := inMemory(t, strings.Replace(withLength("hi"), "\r\n", "\r\nX: "+strings.Repeat("x", 1000)+"\r\n", 1))
	c := newKeptCall(t, "GET", driver, url, 0)
	c.args.Into = new(zreq.Response)
	is.Equal(c.allocs(context.Background(), 20), float64(0)) // the head is copied to where the last one was
	is.True(c.args.Into.Header("X") != "")

	c.args.DropHead = true
	*c.args.Into = zreq.Response{} // without the memory of the last head
	is.Equal(c.allocs(context.Background(), 20), float64(0))
	is.Equal(c.args.Into.Header("X"), "") // and none was copied
	is.NoErr(c.err)
}
