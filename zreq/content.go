package zreq

import "github.com/zreq-go/zreq/form"

// Content returns the body, or the last chunk that a StreamCallback was given. With
// Args.Stream it reads the body, up to Limits.Content. The bytes are the
// Response's: they are valid until it is reused by Args.Into. It may be called
// again, but not after Read and its like: ErrBodyConsumed.
//
// The error is that of a body that is known not to be whole: an error page longer
// than Limits.Content, or than 8 KiB beside a StreamCallback, is cut
// (ErrTooLarge), and what came of it is returned. See also [Response.Complete].
func (r *Response) Content() ([]byte, error) {
	if err := r.absent(); err != nil {
		return nil, err
	}
	if r.use == asReader {
		return nil, ErrBodyConsumed
	}
	if r.pull != nil && r.pull.err == nil {
		r.pull.content()
	}
	if r.use == untaken {
		r.use = asContent
	}
	return r.content, r.cut
}

// JSON decodes the content into v by the program's [form.Codec], which importing
// netdriver/std or form/stdjson makes encoding/json; else it is form.ErrNoCodec.
// Anything but white space behind the value is an error, and so is content in a content
// coding that was not undone ([ErrEncoded]).
func (r *Response) JSON(v any) error {
	p, err := r.Content()
	if err == nil {
		err = r.encodedFault()
	}
	if err != nil {
		return err
	}
	return form.Unmarshal(p, v)
}
