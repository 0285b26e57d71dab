package zreq

// Traffic returns how many bytes the call has sent and read so far: heads, framing and
// bodies, those of redirects and challenges included. What TLS adds is not counted. While
// the body of a Stream is read, read grows.
func (r *Response) Traffic() (sent, read int64) {
	if s := r.body.stream; s != nil {
		return r.request.sent, s.readSoFar()
	}
	return r.request.sent, r.request.read
}

// Link returns the name of the link that the connection of the response went over, or ""
// if the driver has no names. See netdriver.Path.
func (r *Response) Link() string { return r.request.link }

// readSoFar is how many bytes of the responses of the call were read.
func (d *delivery) readSoFar() int64 { return d.readBefore + d.exchange.Read }

// link is the name of the link that the call goes over, if it has a connection.
func (d *delivery) link() string {
	if d.line == nil || d.socket == nil {
		return ""
	}
	return d.line.Path.Name()
}
