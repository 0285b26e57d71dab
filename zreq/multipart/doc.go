// Package multipart reads a multipart body (RFC 2046, 5.1) part by part, in the memory of
// one buffer, however long the body is. It is for streams of camera frames
// (multipart/x-mixed-replace) and for answers with several ranges (multipart/byteranges,
// RFC 9110, 14.6), and reads every other multipart type as well.
//
// A [Reader] reads from a response:
//
//	resp, err := zreq.Get(ctx, "http://camera.example/stream", &zreq.Args{Stream: true})
//	if err != nil {
//		return err
//	}
//	defer resp.Close()
//	frames, err := multipart.NewReader(resp, resp.Header("Content-Type"), nil)
//	if err != nil {
//		return err
//	}
//	for frame, err := range frames.Parts() {
//		if err != nil {
//			return err
//		}
//		n, err := frame.ReadInto(buf)
//		if err != nil {
//			return err
//		}
//		show(buf[:n])
//	}
//
// A [Splitter] does the same for a StreamCallback.
//
// # What ends a part
//
// A part with a Content-Length, or with the Content-Range of multipart/byteranges, has that
// many bytes, and the delimiter must follow them. So a part may contain the delimiter, and
// a part that was cut short is noticed. Every other part ends at the next line that is a
// delimiter. [Args.IgnoreLength] makes all of them do so, for servers that count wrong.
//
// Many cameras send the delimiter only with the next picture, and [Part.ReadInto] waits
// for it. To have a picture at once, read the bytes that it announces:
//
//	size := frame.Size() // -1 if the camera does not say
//	if size < 0 || size > int64(len(buf)) {
//		return errors.ErrUnsupported
//	}
//	if _, err := io.ReadFull(frame, buf[:size]); err != nil {
//		return err
//	}
//	show(buf[:size])
//
// A body ends with its last delimiter. If it ends before that, the error is ErrTruncated.
// The body of a camera that is switched off ends like that. What follows the last delimiter
// is not read.
//
// # Cameras that hang
//
// A stream that is silent ends after Timeouts.Body, 30 seconds by default. A camera that
// sends bytes but no picture is noticed by a timer that each picture sets back:
//
//	ctx, cancel := context.WithCancelCause(ctx)
//	defer cancel(nil)
//	watchdog := time.AfterFunc(limit, func() { cancel(errHangs) })
//	defer watchdog.Stop()
//
// Make the call with this context, and call watchdog.Reset(limit) after each picture. When
// the camera hangs, the error is errHangs, for errors.Is.
//
// # Where it is lenient
//
// Cameras break the rules in ways that do no harm. The package accepts
//
//   - a boundary that is quoted or not, whatever its characters are;
//   - a boundary that was given together with the dashes that begin a delimiter;
//   - a multipart/x-mixed-replace that begins with the fields of its first part, without a
//     delimiter before them;
//   - a line feed alone as a line end;
//   - a part with a length that has no line end before the delimiter, or up to three blank
//     lines.
//
// A Content-Transfer-Encoding is not undone, because HTTP has none (RFC 9110, 8.3.3 speaks
// of multipart types, and RFC 9112, appendix B.5, of the field).
package multipart
