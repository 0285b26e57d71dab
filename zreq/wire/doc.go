// Package wire is a codec for the client's side of HTTP/1.1 (RFC 9112): bytes
// in, events out. It reads and writes no connection, knows no clock, starts
// nothing and allocates nothing. It is public, so that others can use and fuzz
// it, but it may still change with any release.
//
// # Encoding
//
// A request is appended to the caller's slice, piece by piece:
//
//	out, err := wire.AppendMethod(out[:0], "GET")
//	out, err = wire.AppendTarget(out, "/fw.bin")
//	out = wire.AppendVersion(out)
//	out, err = wire.AppendField(out, "Host", "example.org")
//	out = wire.AppendEnd(out)
//
// A piece that cannot stand in a request is refused and leaves the slice as
// long as it was; nothing is cleaned up silently but what a request target
// may carry only percent-encoded.
//
// # Decoding
//
// A [Decoder] is given what has been received and not yet been used:
//
//	d.Reset("GET", wire.Limits{})
//	for {
//		ev, used, err := d.Next(buf[r:w])
//		r += used
//		// err: final. NeedMore: receive more behind w, or call d.EOF.
//		// Data: ev.Data is valid until buf is moved or refilled.
//		// End: buf[r:w] is what followed the response.
//	}
//
// A head and a trailer section are used only as a whole, so buf must be able
// to hold one of each; chunk framing and bodies are used as they come. How far
// a head has been looked at is remembered, so that slow input costs no more
// work than fast input, and a line that breaks a rule is refused when it is
// complete. How the input was cut never changes what is decoded.
//
// # The automaton
//
// Every change of phase goes through one table, which a test compares with
// this drawing ("any" is every phase):
//
//	any --reset--> head
//
//	head --informational--> head
//	head --no-body--> complete
//	head --length--> length
//	head --chunked--> chunk-size
//	head --until-close--> until-close
//
//	length --body-read--> complete
//
//	chunk-size --pad--> chunk-pad
//	chunk-size --extension--> chunk-ext
//	chunk-size --cr--> size-lf
//	chunk-pad --extension--> chunk-ext
//	chunk-pad --cr--> size-lf
//	chunk-ext --cr--> size-lf
//	size-lf --chunk--> chunk-data
//	size-lf --last-chunk--> trailers
//	chunk-data --body-read--> data-cr
//	data-cr --cr--> data-lf
//	data-lf --lf--> chunk-size
//	trailers --trailers-read--> complete
//
//	until-close --end--> done
//	complete --end--> done
//
//	head --fail--> failed
//	length --fail--> failed
//	chunk-size --fail--> failed
//	chunk-pad --fail--> failed
//	chunk-ext --fail--> failed
//	size-lf --fail--> failed
//	chunk-data --fail--> failed
//	data-cr --fail--> failed
//	data-lf --fail--> failed
//	trailers --fail--> failed
//
// # Where it is lenient
//
// RFC 9110 and RFC 9112 are obeyed to the letter. Of what they leave to the
// recipient, these are accepted:
//
//   - a bare LF as a line end in a head (RFC 9112, 2.2), though never in
//     chunk framing or trailers;
//   - folded lines, replaced by spaces in place (RFC 9112, 5.2), though never
//     in Content-Length or Transfer-Encoding;
//   - a status line without a reason phrase, also without the space before it;
//   - control characters other than NUL, CR and LF in a reason phrase or a
//     field value (RFC 9110, 5.5);
//   - the same Content-Length several times (RFC 9110, 8.6);
//   - spaces and tabs after a chunk size: several servers pad their sizes;
//   - empty members in a Transfer-Encoding list (RFC 9110, 5.6.1.2);
//   - framing fields of a response that cannot have a body, whatever they say:
//     they do not count, but what they make doubtful closes the connection.
//
// # What it does not do
//
// It does not decode requests or encode responses, interpret any field but
// Content-Length, Transfer-Encoding, Connection and Keep-Alive, undo a transfer
// coding other than chunked, or go on after an upgrade. Trailers are handed over as
// they came and never merged into the head.
package wire
