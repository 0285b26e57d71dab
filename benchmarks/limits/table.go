package limits

import (
	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/memory"
)

// The peers of a stream, with buffers of their own and with one of zreq's size.
var (
	others = []string{"net/http", "fasthttp", "resty"}
	both   = []string{"net/http", "fasthttp"}
	wide   = []string{"net/http, 64 KiB", "fasthttp, 64 KiB"}
)

// The chunks of the callback, and the framings of the server.
var (
	byLength = []string{"512 B, by length", "4 KiB, by length", "32 KiB, by length"}
	coded    = []string{
		"512 B, in chunks of 1 KiB", "512 B, in chunks of 16 KiB",
		"4 KiB, in chunks of 1 KiB", "4 KiB, in chunks of 16 KiB",
	}
	coded32 = []string{"32 KiB, in chunks of 1 KiB", "32 KiB, in chunks of 16 KiB"}
)

const (
	keepAlive = "keep-alive"
	stream    = "stream"
	secure    = "stream, TLS 1.3"
	down      = "download to a file"
	up        = "upload from a file"
	durable   = "durable download"
	parallel  = "parallel"
	parse     = "parse"
)

// Budgets are all that zreq is held to. Each is said of raw, the limit, or of what a user
// would take instead; as zreq comes, where no buffer is named.
var Budgets = []Budget{
	times(1.10, "GET, 13 B: time of raw", keepAlive, "GET, 13 B", "zreq", "raw"),
	times(1.05, "GET, 13 B: time of fasthttp", keepAlive, "GET, 13 B", "zreq", "fasthttp"),
	times(0.45, "GET, 13 B: time of net/http", keepAlive, "GET, 13 B", "zreq", "net/http"),
	counted(0, "GET: allocations with Into", bench.Allocs, keepAlive, []string{"GET, 13 B", "GET, 1 KiB", "GET, 16 KiB"}, "zreq"),
	counted(3, "GET: allocations with Into, in a context that can be cancelled", bench.Allocs, keepAlive, one("GET, 13 B"), "zreq, cancellable"),
	counted(3, "GET: allocations without Into", bench.Allocs, keepAlive, one("GET, 13 B"), "zreq, without Into"),
	times(1.00, "fresh connection: time of fasthttp", "fresh", "GET, 13 B, each on a connection of its own", "zreq", "fasthttp"),

	speed(1.30, "stream by 512 B and 4 KiB: speed of net/http", stream, byLength[:2], "zreq", "net/http"),
	speed(1.20, "stream by 512 B and 4 KiB: speed of fasthttp", stream, byLength[:2], "zreq", "fasthttp"),
	speed(0.95, "stream by 512 B and 4 KiB: speed of raw", stream, byLength[:2], "zreq", "raw"),
	speed(1.00, "stream by 32 KiB: speed of every peer", stream, byLength[2:], "zreq", others...),
	speed(0.95, "stream by 32 KiB: speed of raw", stream, byLength[2:], "zreq", "raw"),
	speed(1.00, "stream by 512 B and 4 KiB, reading 64 KiB: speed of every peer", stream, byLength[:2], "zreq, 64 KiB", wide...),
	speed(0.95, "stream by 512 B, reading 64 KiB: speed of raw", stream, byLength[:1], "zreq, 64 KiB", "raw, 64 KiB"),
	speed(1.00, "stream, chunked, reading 64 KiB: speed of every peer", stream, coded, "zreq, 64 KiB", wide...),
	speed(1.00, "stream, chunked: speed of every peer", stream, coded, "zreq", others...),
	speed(1.00, "stream by 32 KiB, chunked: speed of every peer", stream, coded32, "zreq", others...),
	perChunk(512, "stream by 512 B: allocations of a chunk", stream, "512 B, by length", "512 B, in chunks of 1 KiB"),
	speed(1.00, "stream, TLS: speed of net/http and fasthttp", secure, byLength, "zreq", both...),
	speed(0.98, "stream, TLS: speed of raw", secure, byLength, "zreq", "raw"),

	speed(0.95, "download to a file: speed of splice", down, one("download to a file"), "zreq", "raw splice"),
	{
		Name: "download to a file: CPU of net/http", Limit: 0.6, Figure: bench.CPU,
		Group: down, Cases: one("download to a file"), Client: "zreq", Peers: one("net/http"),
	},
	speed(1.00, "download to a file, TLS: speed of net/http and fasthttp", down, one("download to a file, TLS"), "zreq", both...),
	speed(0.95, "download.ToFile: speed of splice with the same syncs", durable, one("synced, in memory"), "zreq", "raw splice"),
	speed(0.95, "download.ToFile, SHA-256: speed of a loop with the same syncs", durable, one("synced, in memory, SHA-256"), "zreq", "raw"),
	speed(0.95, "upload from a file: speed of sendfile", up, one("PUT of a file"), "zreq", "raw sendfile"),
	speed(1.00, "upload from a file, TLS: speed of net/http and fasthttp", up, one("PUT of a file, TLS"), "zreq", both...),
	times(1.05, "64 goroutines on a Session: time of fasthttp", parallel, "GET, 1 KiB, 64 goroutines on 8 connections", "zreq Session", "fasthttp"),

	{
		Name: "1,000 goroutines on 100 connections: longest wait ÷ median", Limit: 5, How: Most, Figure: bench.Unfair,
		Group: "crowd", Cases: one("GET, 13 B, 1000 goroutines on 100 connections"), Client: "zreq Session",
	},

	above(512, true, "kept connection: heap and stack above raw", bench.Held, memory.Kept, "1000, plain", "zreq"),
	counted(0, "kept connection: goroutines", bench.Goroutines, memory.Kept, one("1000, plain"), "zreq"),
	{
		Name: "stream: growth of the heap", Limit: 32 << 10, How: Most, Counted: true, Figure: bench.Growth,
		Group: memory.Growing, Cases: one(memory.Stream), Client: "zreq",
	},
	above(0.5e6, false, "64 MiB down: peak RSS above raw", bench.RSS, memory.Peak, "download 64 MiB", "zreq"),
	above(0.5e6, false, "64 MiB up: peak RSS above raw", bench.RSS, memory.Peak, "upload 64 MiB", "zreq"),
	{
		// It is not among the counted ones: a test of zreq itself holds it to 286 KiB until then.
		Name: "program for arm: text and data above net alone", Limit: 256 << 10, How: Above, Figure: bench.Loaded,
		Group: footprint.Group, Cases: one("linux/arm"), Client: "zreq", Peers: one("net alone"),
	},

	speed(3.00, "head of 10 fields: speed of http.ReadResponse", parse, one("head of 10 fields"), "zreq", "net/http"),
	counted(0, "head of 10 fields: allocations", bench.Allocs, parse, one("head of 10 fields"), "zreq"),
}

func one(name string) []string { return []string{name} }

func times(limit float64, name, group, at, client, peer string) Budget {
	return Budget{Name: name, Limit: limit, Figure: bench.Time, Group: group, Cases: one(at), Client: client, Peers: one(peer)}
}

func speed(limit float64, name, group string, at []string, client string, peers ...string) Budget {
	return Budget{Name: name, Limit: limit, How: Speed, Figure: bench.Time, Group: group, Cases: at, Client: client, Peers: peers}
}

func counted(limit float64, name string, f bench.Figure, group string, at []string, client string) Budget {
	return Budget{Name: name, Limit: limit, How: Most, Counted: true, Figure: f, Group: group, Cases: at, Client: client}
}

func perChunk(bytes int64, name, group string, at ...string) Budget {
	b := counted(0, name, bench.Allocs, group, at, "zreq")
	b.Per = bytes
	return b
}

func above(limit float64, counted bool, name string, f bench.Figure, group, at, client string) Budget {
	return Budget{
		Name: name, Limit: limit, How: Above, Counted: counted, Figure: f,
		Group: group, Cases: one(at), Client: client, Peers: one("raw"),
	}
}

// Counted are those budgets that hold on every machine.
func Counted(budgets []Budget) []Budget {
	var some []Budget
	for _, b := range budgets {
		if b.Counted {
			some = append(some, b)
		}
	}
	return some
}
