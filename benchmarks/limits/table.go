package limits

// The cases that budgets are about.
var (
	get13    = Case{Group: "keep-alive", Name: "GET, 13 B"}
	get1Ki   = Case{Group: "keep-alive", Name: "GET, 1 KiB"}
	get16Ki  = Case{Group: "keep-alive", Name: "GET, 16 KiB"}
	by512    = Case{Group: "stream", Name: "512 B, by length"}
	by32Ki   = Case{Group: "stream", Name: "32 KiB, by length"}
	coded512 = Case{Group: "stream", Name: "512 B, in chunks of 1 KiB"}
	coded4Ki = Case{Group: "stream", Name: "4 KiB, in chunks of 1 KiB"}
	coded32K = Case{Group: "stream", Name: "32 KiB, in chunks of 1 KiB"}
	tls512   = Case{Group: "stream, TLS 1.3", Name: "512 B, by length"}
	tls4Ki   = Case{Group: "stream, TLS 1.3", Name: "4 KiB, by length"}
	tls32Ki  = Case{Group: "stream, TLS 1.3", Name: "32 KiB, by length"}
	download = Case{Group: "download to a file", Name: "download to a file"}
	upload   = Case{Group: "upload from a file", Name: "PUT of a file"}
	head10   = Case{Group: "parse", Name: "head of 10 fields"}
)

// Budgets are all that zreq is held to. Each is said of raw, the limit, or of what a user
// would take instead. One that names no size of the callback's chunks, as for TLS, holds
// for all of them.
var Budgets = []Budget{
	atMost(1.10, "GET, 13 B: time of raw", timeOf(get13, "zreq", "raw")),
	atMost(0.90, "GET, 13 B: time of fasthttp", timeOf(get13, "zreq", "fasthttp")),
	atMost(0.45, "GET, 13 B: time of net/http", timeOf(get13, "zreq", "net/http")),
	counted(0, "GET, 13 B: allocations", allocsOf(get13, "zreq", 0)),
	counted(0, "GET, 1 KiB: allocations", allocsOf(get1Ki, "zreq", 0)),
	counted(0, "GET, 16 KiB: allocations", allocsOf(get16Ki, "zreq", 0)),

	atLeast(0.95, "stream by 512 B: speed of raw", speedOf(by512, "zreq", "raw")),
	atLeast(1, "stream by 512 B: speed of net/http", speedOf(by512, "zreq", "net/http")),
	atLeast(0.95, "stream by 512 B, reading 64 KiB: speed of raw", speedOf(by512, "zreq, 64 KiB", "raw, 64 KiB")),
	atLeast(1.8, "stream by 512 B, reading 64 KiB: speed of net/http, reading 4 KiB", speedOf(by512, "zreq, 64 KiB", "net/http")),
	atLeast(0.97, "stream by 32 KiB: speed of raw", speedOf(by32Ki, "zreq", "raw")),
	atLeast(1, "stream by 32 KiB: speed of net/http", speedOf(by32Ki, "zreq", "net/http")),
	counted(0, "stream by 512 B: allocations of a chunk", allocsOf(by512, "zreq", 512)),
	counted(0, "stream by 512 B, chunked: allocations of a chunk", allocsOf(coded512, "zreq", 512)),

	// With a read buffer of 4 KiB most of the time is that of reads, of whoever it is.
	atLeast(1, "stream by 512 B, chunked: speed of net/http", speedOf(coded512, "zreq", "net/http")),
	atLeast(1.5, "stream by 512 B, chunked, reading 64 KiB: speed of net/http, reading 4 KiB", speedOf(coded512, "zreq, 64 KiB", "net/http")),
	atLeast(1.5, "stream by 4 KiB, chunked, reading 64 KiB: speed of net/http, reading 4 KiB", speedOf(coded4Ki, "zreq, 64 KiB", "net/http")),
	atLeast(1.5, "stream by 32 KiB, chunked: speed of net/http", speedOf(coded32K, "zreq", "net/http")),
	atLeast(0.98, "stream by 512 B, TLS: speed of raw", speedOf(tls512, "zreq", "raw")),
	atLeast(0.98, "stream by 4 KiB, TLS: speed of raw", speedOf(tls4Ki, "zreq", "raw")),
	atLeast(0.98, "stream by 32 KiB, TLS: speed of raw", speedOf(tls32Ki, "zreq", "raw")),

	atLeast(0.95, "download to a file: speed of splice", speedOf(download, "zreq", "raw splice")),
	atMost(0.6, "download to a file: CPU of net/http", cpuOf(download, "zreq", "net/http")),
	atLeast(0.95, "upload from a file: speed of sendfile", speedOf(upload, "zreq", "raw sendfile")),

	counted(512, "idle connection: above raw", idle{"zreq", "raw"}),
	counted(32<<10, "streaming: growth of the heap", growth{"zreq"}),
	atMost(0.5e6, "64 MiB down: peak RSS above raw", peak{"download 64 MiB", "zreq", "raw"}),
	atMost(0.5e6, "64 MiB up: peak RSS above raw", peak{"upload 64 MiB", "zreq", "raw"}),
	{
		Name: "program for arm: text and data above net alone", Limit: 286 << 10, Counted: true,
		Figure: size{"linux/arm", "zreq", "dial"},
	},

	atLeast(3, "head of 10 fields: speed of http.ReadResponse", speedOf(head10, "zreq", "net/http")),
	counted(0, "head of 10 fields: allocations", allocsOf(head10, "zreq", 0)),
}

func atMost(limit float64, name string, figure Figure) Budget {
	return Budget{Name: name, Limit: limit, Figure: figure}
}

func atLeast(limit float64, name string, figure Figure) Budget {
	return Budget{Name: name, Limit: limit, Least: true, Figure: figure}
}

func counted(limit float64, name string, figure Figure) Budget {
	return Budget{Name: name, Limit: limit, Counted: true, Figure: figure}
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
