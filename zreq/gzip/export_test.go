package gzip

import "github.com/zreq-go/zreq/zreq"

// What the tests decode with, without a call.
var (
	Gzip    zreq.Coding = codingGzip
	Deflate zreq.Coding = codingDeflate
)

// MaxFruitless is the limit for coded bytes of which no data comes.
const MaxFruitless = maxFruitless
