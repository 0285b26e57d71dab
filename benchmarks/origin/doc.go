// Package origin is the server of the benchmarks: a second process of the same program,
// so that its memory and its processor time are not the client's.
//
// A program that uses it calls Main first. It answers, over plain TCP and over TLS 1.3:
//
//	GET /bytes/N      N bytes with Content-Length
//	GET /chunks/N/M   N bytes in chunks of M
//	PUT, POST /sink   201 and no content, when all of the body is there
//
// It is written by hand for speed, but for the heads of requests, and understands only what the
// clients here send.
package origin
