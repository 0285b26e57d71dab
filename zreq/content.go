package zreq

import "github.com/zreq-go/zreq/form"

// Content returns the body that was buffered, or the last chunk that a
// StreamCallback was given. The bytes are the Response's: they are valid until
// it is reused by Args.Into. It may be called again.
//
// The error is that of a body that is known not to be whole: an error page longer
// than Limits.Content, or than 8 KiB beside a StreamCallback, is cut
// (ErrTooLarge), and what came of it is returned. See also [Response.Complete].
func (r *Response) Content() ([]byte, error) { return r.content, r.cut }

// Text returns the content as a string, taking it for UTF-8.
func (r *Response) Text() (string, error) { return string(r.content), r.cut }

// JSON decodes the content into v by the program's [form.Codec], which importing
// netdriver/std or form/stdjson makes encoding/json; else it is form.ErrNoCodec.
// Anything but white space behind the value is an error.
func (r *Response) JSON(v any) error {
	if r.cut != nil {
		return r.cut
	}
	return form.Unmarshal(r.content, v)
}
