package client_test

import (
	"testing"

	"github.com/dsnet/try"
	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/client"
)

func TestOddChunks(t *testing.T) {
	is := is.New(t)
	s := (&client.Task{Length: 1000, Chunk: 400}).Sink()
	take := func(chunks ...int) (err error) {
		defer try.Handle(&err)
		for _, n := range chunks {
			is.NoErr(s.Chunk(make([]byte, n)))
		}
		s.Done(200)
		return nil
	}
	is.NoErr(take(400, 400, 200))
	is.True(take(400, 300, 300) != nil)      // only the last is shorter
	is.True(take(400, 400, 100, 100) != nil) // and it is one
	is.True(take(400, 400) != nil)           // that is there
	is.NoErr(take(400, 400, 200))            // what was wrong before is forgotten
}
