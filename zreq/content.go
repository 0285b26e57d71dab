package zreq

import (
	"unicode/utf8"

	"github.com/zreq-go/zreq/form"
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
	if r.use == asReader {
		return nil, r.consumed()
	}
	if r.pull != nil && r.pull.err == nil {
		r.pull.content()
	}
	if r.use == untaken {
		r.use = asContent
	}
	return r.content, r.cut
}

// JSON decodes the content into v with the [form.Codec] of the program. Importing
// netdriver/std or form/stdjson makes that encoding/json. Without a codec JSON returns
// form.ErrNoCodec. It is an error if anything but white space follows the value, or if
// the content is in a content coding that was not undone ([ErrEncoded]).
//
// A byte order mark at the beginning is skipped (RFC 8259, 8.1). A charset in
// Content-Type is used as by [Response.Text]. If that charset is unknown, content that is
// valid UTF-8 is decoded as UTF-8, and other content is [ErrCharset].
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
	return r.unusable(form.Unmarshal(p, v))
}

// jsonText returns JSON in UTF-8, without a mark: p itself, if it is that.
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
