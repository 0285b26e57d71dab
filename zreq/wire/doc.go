// Package wire is a codec for the client's side of HTTP/1.1 (RFC 9112). It appends
// requests to a byte slice and decodes responses from one. It does not touch a
// connection, read a clock, start a goroutine or allocate memory.
//
// The package is public so that others can use and fuzz it. Its API may change with
// any release.
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
// An Append function refuses a piece that a request may not contain, and then returns
// the slice with its old length. It corrects nothing silently, with one exception:
// [AppendTarget] percent-encodes the bytes that a target may contain only in that form.
//
// # Decoding
//
// A [Decoder] is given the bytes that have been received and not been used yet:
//
//	d.Reset("GET", wire.Limits{})
//	for {
//		ev, used, err := d.Next(buf[r:w])
//		r += used
//		if err != nil {
//			return err // final
//		}
//		switch ev.Kind {
//		case wire.NeedMore:
//			w += receive(buf[w:]) // or, at the end of the connection, d.EOF
//		case wire.Data:
//			use(ev.Data) // valid until buf is moved or refilled
//		case wire.End:
//			return nil // buf[r:w] is what followed the response
//		}
//	}
//
// The Decoder uses a head or a trailer section only as a whole, so buf must be able to
// hold the largest that [Limits] allows. It uses chunk framing and bodies as they come.
// It remembers how far it has read a head, so slow input costs no more work than fast
// input. It refuses a line that breaks a rule as soon as the line is complete. How the
// input was cut never changes what is decoded.
//
// # The automaton
//
// Every change of phase goes through one table. A test compares the table with this
// drawing, in which "any" is every phase:
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
// The package follows RFC 9110 and RFC 9112. Where they leave a choice to the
// recipient, it accepts:
//
//   - a bare LF as a line end in a head (RFC 9112, 2.2), but not in chunk framing or
//     trailers;
//   - folded lines, which it replaces by spaces in place (RFC 9112, 5.2), but not in
//     Content-Length or Transfer-Encoding;
//   - a status line without a reason phrase, even without the space before it;
//   - control characters other than NUL, CR and LF in a reason phrase or a field value
//     (RFC 9110, 5.5);
//   - the same Content-Length several times (RFC 9110, 8.6);
//   - spaces and tabs after a chunk size, because several servers pad their sizes;
//   - empty members in a Transfer-Encoding list (RFC 9110, 5.6.1.2);
//   - any framing fields in a response that cannot have a body. It ignores them, but if
//     they are contradictory the connection is not used again.
//
// # What it does not do
//
// It does not decode requests or encode responses. It interprets no fields other than
// Content-Length, Transfer-Encoding, Connection and Keep-Alive. It decodes no transfer
// coding other than chunked. It does not go on after an upgrade. It returns trailers as
// they came and never merges them into the head.
package wire
