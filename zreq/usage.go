package zreq

// What a Response says when it is not used as it has to be. Every error is an *Error,
// whatever the cause is.

// consumed is the error of who takes a body in a second way, or after Close.
func (r *Response) consumed() error { return r.failure(PhaseBody, nil, ErrBodyConsumed) }

// outward is err as a caller is given it.
func (r *Response) outward(err error) error {
	if err == ErrBodyConsumed {
		return r.consumed()
	}
	return err
}

// unusable is the error of content of which nothing can be made, for a cause that is
// the codec's or the charset's; nil if err is. What is one of the call already stays.
func (r *Response) unusable(err error) error {
	if _, own := err.(*Error); own || err == nil {
		return err
	}
	return r.failure(PhaseBody, nil, err)
}

// badSize is the error of a number of bytes that nobody can want.
func (r *Response) badSize() error { return r.failure(PhaseBody, &ErrRequest, errChunkSize) }

// failure is an error of a Response whose exchange is over.
func (r *Response) failure(phase Phase, kind *error, err error) *Error {
	url := r.url
	if i := indexByte(url, '?'); i >= 0 {
		url = url[:i]
	}
	received := int64(len(r.content))
	if r.pull != nil {
		received = r.pull.held.received
	}
	return &Error{
		Phase: phase, Method: r.method, URL: url, Attempt: r.made, Sent: r.sent,
		Received: received, Taken: r.took, Err: err, kind: kind, spent: true,
	}
}
