package zreq

import (
	"strconv"
	"unicode/utf8"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq/internal/ascii"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/wire"
)

// Content returns the body, or the last chunk that was passed to a StreamCallback. With
// Args.Stream it reads the body, up to Limits.Content. The Response owns the bytes. They
// are valid until it is reused by Args.Into. Content may be called again, but not after
// Read and the like: it returns ErrBodyConsumed then.
//
// An error says that the body is not complete, and the part that arrived is returned with
// it. An error page that is longer than Limits.Content, or than 8 KiB with a
// StreamCallback, is cut (ErrTooLarge). See also [Response.Complete].
func (r *Response) Content() ([]byte, error) {
	if err := r.absent(); err != nil {
		return nil, err
	}
	if r.body.use == asReader {
		return nil, r.consumed()
	}
	if r.body.stream != nil && r.body.stream.err == nil {
		r.body.stream.content()
	}
	if r.body.use == untaken {
		r.body.use = asContent
	}
	return r.body.content, r.body.err
}

// JSON decodes the content into v with the [form.Codec] of the program. Importing
// netdriver/std or form/stdjson makes that encoding/json. Without a codec JSON returns
// form.ErrNoCodec. It is an error if anything but white space follows the value, or if
// the content is in a content coding that was not undone ([ErrEncoded]).
//
// A byte order mark at the beginning is skipped (RFC 8259, 8.1). A charset in
// Content-Type is used as by [Response.Text]. If that charset is unknown, content that is
// valid UTF-8 is decoded as UTF-8, and other content is [ErrCharset].
//
// If the response is not 2xx, or its Content-Type is not one of JSON, an error of the
// codec says so as well: the content may be the page of a gateway or of a portal.
func (r *Response) JSON(v any) error {
	p, err := r.Content()
	if err == nil {
		err = r.encodedFault()
	}
	if err != nil {
		return err
	}
	var name charsetName
	if p, err = jsonText(appendCharset(name[:0], r), p); err != nil {
		return r.unusable(err)
	}
	return r.unusable(r.notJSON(form.Unmarshal(p, v)))
}

// notJSON adds the status and the media type of the response to an error of the codec, if they
// explain it.
func (r *Response) notJSON(err error) error {
	media, _ := ascii.Split(r.Header("Content-Type"), ";")
	if err == nil || err == form.ErrNoCodec || r.Status/100 == 2 && (media == "" || isJSON(media)) {
		return err
	}
	text := "status " + strconv.Itoa(r.Status)
	if media != "" {
		text += ", Content-Type " + shown([]byte(media))
	}
	return &exchange.Error{Err: err, Text: text + ": " + err.Error()}
}

// isJSON reports whether a media type is application/json or one that ends in json, such
// as application/problem+json (RFC 6839, 3.1).
func isJSON(media string) bool {
	const suffix = "json"
	return len(media) >= len(suffix) && ascii.EqualFold(media[len(media)-len(suffix):], suffix)
}

// jsonText returns p, JSON in the charset name, as UTF-8 without a byte order mark.
func jsonText(name, p []byte) ([]byte, error) {
	if rest, marked := withoutMark(p); marked || len(p) == 0 {
		return rest, nil // only UTF-8 has that mark
	}
	var room charsetName
	if bare := string(appendBare(room[:0], name)); bare == "" || bare == "utf8" {
		return p, nil
	}
	if text, ok := decodeBuiltIn(name, p); ok {
		p, _ = withoutMark([]byte(text))
		return p, nil
	}
	decode := findCharset(name)
	if decode == nil && utf8.Valid(p) {
		return p, nil // JSON is UTF-8, whatever a charset says (RFC 8259, 8.1 and 11)
	}
	if decode == nil {
		return nil, &charsetError{name: shown(name)}
	}
	text, err := decode(p)
	text, _ = withoutMark(text)
	return text, err
}

// Text returns the content as UTF-8. It decodes from the charset that Content-Type names
// (see [Response.Charset]), or from UTF-8 if it names none. It does not search the
// content for a charset, as a browser does in HTML.
//
// These charsets are built in. Their names may be in any case, and with or without "-"
// and "_":
//
//   - utf-8. A byte order mark at the beginning is removed.
//   - iso-8859-1, latin1, l1. The bytes 0x80 to 0x9f are control characters, and not the
//     characters of windows-1252 that browsers show.
//   - us-ascii, ascii, ansi_x3.4-1968.
//   - utf-16. The byte order mark determines the byte order and is removed. Without one
//     the order is big-endian (RFC 2781, 4.3).
//   - utf-16be, utf-16le. A byte order mark is a character of the text (RFC 2781, 4.1).
//
// What is not a character becomes U+FFFD: one for each lone surrogate, each odd byte,
// each byte above 0x7f in US-ASCII and, as in browsers, each sequence of UTF-8 that is
// incomplete or invalid.
//
// [SetCharsets] adds other charsets. If a charset is not known, Text returns [ErrCharset]
// and no text, unless the content is empty. If the content is in a content coding that
// was not undone, it returns [ErrEncoded] and no text.
//
// Otherwise the error is that of Content, and the text is made from the content that
// there is. After a StreamCallback that is the last chunk, which may begin in the middle
// of a character and has no byte order mark. If the content is not valid UTF-8, Text
// needs twice its memory for a moment.
func (r *Response) Text() (string, error) {
	var name charsetName
	return textOf(r, appendCharset(name[:0], r))
}

// TextAs is like Text, but decodes from charset instead of the one in Content-Type, which
// may be missing or wrong. charset may be in any case. If it is empty, TextAs is Text.
func (r *Response) TextAs(charset string) (string, error) {
	if charset == "" {
		return r.Text()
	}
	var name charsetName
	n := min(len(charset), len(name))
	for i := range n {
		name[i] = ascii.Lower(charset[i])
	}
	return textOf(r, name[:n])
}

// Charset returns the charset that Content-Type names, in lower case, whether it is known
// or not. It returns "" if there is none. If there are several, the first one counts. A
// name that is longer than any charset's is cut. With [Args.DropHead] call Charset in
// OnHead, and pass the result to TextAs.
//
// Quotes around the name are removed, even wrong ones: charset='utf-8'. If Content-Type
// breaks the grammar of RFC 9110, 8.3.1, it is searched for the word charset, followed by
// "=" or ":" and a name. So these are utf-8, too:
//
//	text/html; charset = utf-8
//	text/html charset:"utf-8
//	text/html; charset=utf-8, text/html
func (r *Response) Charset() string {
	var name charsetName
	return string(appendCharset(name[:0], r))
}

// textOf decodes the content of r from the charset name, which is in lower case. It is not a
// method, because a method costs 32 bytes even if it is not used.
func textOf(r *Response, name []byte) (string, error) {
	content, err := r.Content()
	if len(content) == 0 {
		return "", err
	}
	if fault := r.encodedFault(); fault != nil {
		return "", fault
	}
	if text, ok := decodeBuiltIn(name, content); ok {
		return text, err
	}
	decode := findCharset(name)
	if decode == nil {
		return "", r.unusable(&charsetError{name: shown(name), cut: err})
	}
	text, failed := decode(content)
	if err == nil {
		err = r.unusable(failed) // if the body is incomplete, that is the error
	}
	return string(text), err
}

// appendCharset appends the charset that the Content-Type of r names, without escapes and cut
// to the capacity of dst.
func appendCharset(dst []byte, r *Response) []byte {
	if r == nil {
		return dst
	}
	_, fields := wire.SplitHead(r.head)
	field, _, _ := nextNamed(fields, "Content-Type")
	value := charsetOf(field)
	for i := 0; i < len(value) && len(dst) < cap(dst); i++ {
		if value[i] == '\\' {
			i++ // value does not end in one
		}
		dst = append(dst, ascii.Lower(value[i]))
	}
	return dst
}

// Fit returns nil if a StreamCallback would receive the body of this response, as far as
// the head tells. Otherwise it returns an [*Error] that says why not: ErrStatus, with
// ErrEncoded if that is the reason, or ErrUnframed. If the body has been read or closed,
// even in part, it returns ErrBodyConsumed.
func (r *Response) Fit() error {
	if err := r.absent(); err != nil {
		return err
	}
	switch {
	case r.body.use == asReader:
		return r.consumed()
	case r.body.unfit == nil:
		return nil
	}
	kind, cause := exchange.KindOf(r.refusal())
	return r.failure(PhaseHead, kind, cause)
}

// refusal returns the error of a callback that does not get r.
func (r *Response) refusal() error {
	cause := r.body.unfit
	switch cause {
	case ErrUnframed:
		return ErrUnframed
	case ErrEncoded:
		cause = encodedError(r.body.encoded, "set AllowEncoded to take it as it came")
	case errStatus:
		cause = &statusError{r.Status}
	}
	return &exchange.Error{Kind: ErrStatus, Err: cause}
}

// encodedFault returns an error if the content is in a coding, so that it is neither text nor
// JSON.
func (r *Response) encodedFault() error {
	if r.body.encoded == "" || len(r.body.content) == 0 {
		return nil
	}
	return r.failure(PhaseBody, nil, encodedError(r.body.encoded, "Content has it as it came"))
}

// consumed returns the error of reading a body in a second way, or after Close.
func (r *Response) consumed() error { return r.failure(PhaseBody, nil, ErrBodyConsumed) }

// outward returns err in the form that the caller receives.
func (r *Response) outward(err error) error {
	if err == ErrBodyConsumed {
		return r.consumed()
	}
	return err
}

// unusable makes an *Error of err, an error of the codec or of the charset. It returns nil and
// an *Error as they are.
func (r *Response) unusable(err error) error {
	if _, own := err.(*Error); own || err == nil {
		return err
	}
	return r.failure(PhaseBody, nil, err)
}

// badSize returns the error of a number of bytes that is out of range.
func (r *Response) badSize() error { return r.failure(PhaseBody, ErrRequest, errChunkSize) }

// failure returns an error of a method of r, after its call has returned.
func (r *Response) failure(phase Phase, kind error, err error) *Error {
	url, _ := ascii.Split(r.request.url, "?")
	received := int64(len(r.body.content))
	if r.body.stream != nil {
		received = r.body.stream.exchange.Received
	}
	return &Error{
		Phase: phase, Method: r.request.method, URL: url, Attempt: r.request.attempt, Sent: r.request.sent,
		Received: received, Taken: r.body.taken, Err: err, kind: kind, spent: true,
	}
}
