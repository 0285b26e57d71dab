package flash

// scan looks for the newest record in all areas and leaves it in r.buf. The place behind it is
// not used again, even if it reads blank: a record may have been begun there when the power
// failed.
func (r *Records) scan() error {
	r.newest, r.end, r.seq, r.length = none, none, 0, 0
	for area := range r.areas {
		isBad, err := r.isBad(area)
		if err != nil {
			return err
		}
		if isBad {
			continue
		}
		if err := r.scanArea(area); err != nil {
			return err
		}
	}
	r.seq++ // that of a record that was torn, and may be readable one day
	return nil
}

// scanArea looks for a record that is newer than those found before. It passes over what is
// not whole: the records behind one that has lost a bit are still good.
func (r *Records) scanArea(area int64) error {
	start, end := area*r.area, (area+1)*r.area
	for off := start; off+headBytes <= end; {
		record, seq, err := r.readRecord(off, end)
		if err != nil {
			return err
		}
		if record == nil {
			off += r.align
			continue
		}
		if r.newest == none || seq > r.seq {
			r.buf = append(r.buf[:0], record...)
			r.newest, r.seq = area, seq
			r.length, _, _ = parseHead(record)
		}
		off += int64(len(record))
	}
	return nil
}

// readRecord reads the record at off into r.back. It returns nil if there is none that is
// whole and ends before end. What cannot be corrected is none: a page that was torn.
func (r *Records) readRecord(off, end int64) (record []byte, seq uint64, err error) {
	head := r.back[:headBytes]
	if err := readFull(r.dev, head, off); err != nil {
		return nil, 0, r.unreadable(off, err)
	}
	n, _, ok := parseHead(head)
	size := recordBytes(n, r.align)
	if !ok || off+size > end {
		return nil, 0, nil
	}
	record = r.back[:size]
	if err := readFull(r.dev, record, off); err != nil {
		return nil, 0, r.unreadable(off, err)
	}
	again, seq, ok := parseHead(record)
	if !ok || again != n || !whole(record) {
		return nil, 0, nil
	}
	return record, seq, nil
}

// unreadable returns err unless it is about the place that was read.
func (r *Records) unreadable(off int64, err error) error {
	if worn(err) {
		return nil
	}
	return r.failure("read", off, err)
}
