package gzip

import (
	"sync/atomic"

	"github.com/zreq-go/zreq/zreq"
)

// What the tests decode with, without a call.
var (
	Gzip    zreq.Coding = codingGzip
	Deflate zreq.Coding = codingDeflate
)

// MaxFruitless is the limit for coded bytes of which no data comes.
const MaxFruitless = maxFruitless

// Made is how many streams were not found in the pool.
var Made atomic.Int64

func init() {
	streams.New = func() any {
		Made.Add(1)
		return newStream()
	}
}
