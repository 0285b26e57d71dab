package zreq

var errBody = &limitError{text: "the body is larger than Limits.Body"}

// excess is the error of a body that has more than its Content-Range says or
// Limits.Body allows; nil if it has not. It is asked before what has come is given out.
func (x *exchange) excess() error {
	announced := x.resp.framing == FramingLength && x.resp.Status < 400 && x.resp.length > x.limits.Body
	switch {
	case x.want.length >= 0 && x.received > x.want.length:
		return x.blame(&ErrResponse, errRangeMismatch)
	case x.limits.Body > 0 && (announced || x.received > x.limits.Body):
		return x.blame(nil, errBody)
	}
	return nil
}

// contentLimit is the limit of a body that is buffered, and its error.
func (x *exchange) contentLimit(limit int64) (int64, error) {
	if x.limits.Body > 0 && x.limits.Body < limit {
		return x.limits.Body, errBody
	}
	return limit, errContent
}
