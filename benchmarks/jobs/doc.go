// Package jobs has the cases that zreq and its peers are measured by: a table of clients and
// tasks, and what is no request of one client to the origin, such as parsers, downloads that
// survive a power cut, and a link that breaks.
//
// To add a case, say what is asked for and who does it, and add it to what a function of All
// returns:
//
//	t := w.plain("/bytes/1048576", 1<<20)
//	t.Chunk = 4 << 10
//	w.of("stream", "1 MiB in chunks of 4 KiB", t, "raw", "zreq", "net/http", "fasthttp, 64 KiB")
//
// To add a peer, write its package beside client/nethttp, give it a name in the table of
// NewClient, and name it in the cases that it is for.
package jobs
