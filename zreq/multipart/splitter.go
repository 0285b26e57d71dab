package multipart

// Splitter splits a body that arrives in pieces, as a StreamCallback receives it:
//
//	frames := multipart.Splitter{OnPart: begin, OnData: write, OnEnd: show}
//	_, err := zreq.Get(ctx, url, &zreq.Args{
//		OnHead: func(r *zreq.Response) error { return frames.Begin(r.Header("Content-Type"), nil) },
//		StreamCallback: frames.Write,
//	})
//	if err == nil {
//		err = frames.Close()
//	}
//
// A callback receives chunks of StreamChunk bytes, so the end of a frame arrives only when its
// chunk is full. Each of the functions of a Splitter may be nil. If one returns an error, Write
// returns it, which ends the call. [zreq.ErrStop] ends it without an error. A Splitter is for
// one goroutine.
type Splitter struct {
	// OnPart is called when the head of a part has arrived. The Head is valid until the
	// next call of OnPart.
	OnPart func(*Head) error
	// OnData is called with content of the part, as it arrives. p is valid until OnData
	// returns.
	OnData func(p []byte) error
	// OnEnd is called when the whole part has arrived, and its delimiter behind it.
	OnEnd func() error

	decoder decoder
	buffer  []byte // at most Args.Buffer bytes; what was written and not used
	err     error  // what has ended the body
}

// Begin begins a body whose Content-Type is contentType. args may be nil. The error is
// ErrContentType or ErrArgs.
func (s *Splitter) Begin(contentType string, args *Args) error {
	d, err := newDecoder(contentType, args)
	s.decoder, s.buffer, s.err = d, s.buffer[:0], err
	return err
}

// Write takes the next bytes of the body. What it returns, an *Error or the error of a
// function of the Splitter, it returns again from then on. Before Begin it is ErrArgs.
func (s *Splitter) Write(p []byte) error {
	if s.err == nil && s.decoder.args.Buffer == 0 {
		return ErrArgs
	}
	for len(p) > 0 && s.err == nil {
		n := min(len(p), s.decoder.args.Buffer-len(s.buffer))
		s.buffer, p = append(s.buffer, p[:n]...), p[n:]
		s.err = s.split()
	}
	return s.err
}

// split uses as much of the buffer as it can.
func (s *Splitter) split() error {
	for unused := s.buffer; ; {
		e, used, err := s.decoder.next(unused)
		if err == nil {
			err = s.tell(e, unused[:used])
		}
		unused = unused[used:]
		if err != nil || e == bodyEnds {
			s.buffer = s.buffer[:0]
			return err
		}
		if e == needMore {
			s.buffer = append(s.buffer[:0], unused...)
			return nil
		}
	}
}

// tell calls the function that is for e.
func (s *Splitter) tell(e event, p []byte) error {
	switch {
	case e == partBegins && s.OnPart != nil:
		return s.OnPart(&s.decoder.head)
	case e == data && s.OnData != nil:
		return s.OnData(p)
	case e == partEnds && s.OnEnd != nil:
		return s.OnEnd()
	}
	return nil
}

// Close reports whether the body was complete: ErrTruncated if its last delimiter has not
// arrived, or the error that Write has returned.
func (s *Splitter) Close() error {
	if s.err == nil && s.decoder.phase != atEnd {
		s.err = s.decoder.fail(ErrTruncated)
	}
	return s.err
}
