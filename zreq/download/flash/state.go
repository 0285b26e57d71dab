package flash

// State returns the Records of dev, a download.Store. dev is the caller's, and needs two
// erase blocks that nothing else uses: see [Region]. If it has up to two more, they take the
// place of blocks that go bad. Errors of its sizes are returned by Load and Save.
//
// Where an erase block is smaller than a record, as on some microcontrollers, as many blocks
// as a record needs count as one.
func State(dev Device) *Records { return &Records{dev: dev} }

// Records is a download.Store on a flash. It appends each record to the one before, until
// the block is full, and then erases the other block. See the package comment for what a
// power cut can do. The methods are called from one goroutine. Only the first call allocates,
// and Load.
type Records struct {
	dev   Device
	bad   BadBlocks // nil if the Device has no table
	geo   geometry
	align int64 // of records
	area  int64 // bytes of an area: one erase block, or as many as a record needs
	areas int64

	newest int64 // area of the newest record, or none
	end    int64 // where that area is free; none if it must not be written any more
	seq    uint64
	length int // of the newest record, as the caller gave it

	buf, back []byte
	opened    bool
}

// maxAreas bounds what the search at the start reads.
const maxAreas = 4

// Load returns a copy of the record that was saved last, or nil if there is none. A record
// that is torn is passed over in favour of the one before. What is not a record counts as
// nothing.
//
// If the power has failed in Save, the record that Load returns may be one that cannot be read
// the next time. So save one before you act on it, as download.Get does.
func (r *Records) Load() ([]byte, error) {
	r.opened = false
	if err := r.open(); err != nil {
		return nil, err
	}
	if r.length == 0 {
		return nil, nil
	}
	return append([]byte(nil), r.buf[headBytes:headBytes+r.length]...), nil
}

// Save writes a record and reads it back twice. After an error the record before is still
// there. An empty record is like Remove.
func (r *Records) Save(record []byte) error {
	if len(record) > MaxRecord {
		return ErrRecord
	}
	if err := r.open(); err != nil {
		return err
	}
	if err := r.write(record); err != nil {
		return err
	}
	r.length = len(record)
	return nil
}

// Remove writes that there is no record.
func (r *Records) Remove() error {
	if err := r.open(); err != nil {
		return err
	}
	if r.length == 0 {
		return nil
	}
	return r.Save(nil)
}

// open checks the Device and looks for the newest record, once.
func (r *Records) open() error {
	if r.opened {
		return nil
	}
	geo, err := check(r.dev)
	if err != nil {
		return err
	}
	r.geo, r.align = geo, geo.unit(minAlign)
	r.bad, _ = r.dev.(BadBlocks)
	largest := recordBytes(MaxRecord, r.align)
	r.area = pad(largest, geo.erase)
	r.areas = min(geo.blocks*geo.erase/r.area, maxAreas)
	if r.areas < 2 {
		return &GeometryError{
			Size: r.dev.Size(), WriteBlockSize: geo.write, EraseBlockSize: geo.erase,
			Reason: "a State needs two erase blocks, and in each half room for a record of " + decimal(largest) + " bytes",
		}
	}
	if int64(len(r.buf)) != largest {
		r.buf, r.back = make([]byte, largest), make([]byte, largest)
	}
	if err := r.scan(); err != nil {
		return err
	}
	r.opened = true
	return nil
}

// write writes a record behind the newest one, or into another area.
func (r *Records) write(p []byte) error {
	if r.newest == none || r.end == none || r.end+recordBytes(len(p), r.align) > r.area {
		return r.change(p, none)
	}
	r.encode(p)
	end := r.end
	r.end = none // if it fails, the place must not be programmed again
	err := r.program(r.newest, end)
	if err == nil {
		r.end = end + int64(len(r.buf))
		return nil
	}
	if !worn(err) {
		return err
	}
	return r.change(p, r.newest)
}

// encode puts a record into r.buf. Each has a number of its own, even if it is the same record
// once more: what has failed may turn out to be readable.
func (r *Records) encode(p []byte) {
	r.seq++
	r.buf = appendRecord(r.buf[:0], p, r.seq, r.align)
}

// change writes a record into the first area that takes it and is not the one of the newest.
// What is there is older. Then the areas that have failed are marked bad: suspect, if it is
// not none, and those that have failed here.
func (r *Records) change(p []byte, suspect int64) error {
	if err := r.eraseOlder(); err != nil {
		return err
	}
	failed, count := [maxAreas]int64{suspect}, 0
	if suspect != none {
		count++
	}
	var last error
	for area := range r.areas {
		if isBad, err := r.isBad(area); err != nil {
			return err
		} else if isBad || area == r.newest {
			continue
		}
		r.encode(p)
		err := r.erase(area)
		if err == nil {
			err = r.program(area, 0)
		}
		if err == nil {
			r.newest, r.end = area, int64(len(r.buf))
			return r.markBad(failed[:count])
		}
		if !worn(err) {
			return err
		}
		failed[count], last = area, err
		count++
	}
	if last == nil {
		last = &SpaceError{Need: 2 * r.area, Have: r.area}
	}
	return last
}

// eraseOlder runs before the first record of a process is written. It erases each area but that
// of the newest record and the one that is written next, which is erased anyway. One of these
// areas may have a record that was torn when the power failed, and that is readable only now
// and then.
func (r *Records) eraseOlder() error {
	if r.end != none || r.areas == 2 {
		return nil
	}
	first := true
	for area := range r.areas {
		isBad, err := r.isBad(area)
		if err != nil {
			return err
		}
		if isBad || area == r.newest {
			continue
		}
		if first {
			first = false
			continue
		}
		if err := r.erase(area); err != nil && !worn(err) {
			return err
		}
	}
	return nil
}

// program writes r.buf and reads it back twice: a cell may read well once.
func (r *Records) program(area, off int64) error {
	at := area*r.area + off
	if err := writeFull(r.dev, r.buf, at); err != nil {
		return r.failure("write", at, err)
	}
	for range 2 {
		back := r.back[:len(r.buf)]
		if err := readFull(r.dev, back, at); err != nil {
			return r.failure("read", at, err)
		}
		if string(back) != string(r.buf) {
			return r.failure("verify", at, ErrWorn)
		}
	}
	return nil
}

func (r *Records) erase(area int64) error {
	if err := r.dev.EraseBlocks(area*r.area/r.geo.erase, r.area/r.geo.erase); err != nil {
		return r.failure("erase", area*r.area, err)
	}
	return nil
}

// isBad reports whether a block of an area is bad.
func (r *Records) isBad(area int64) (bool, error) {
	if r.bad == nil {
		return false, nil
	}
	first := area * r.area / r.geo.erase
	for block := first; block < first+r.area/r.geo.erase; block++ {
		isBad, err := r.bad.IsBad(block)
		if err != nil {
			return false, r.failure("look up", block*r.geo.erase, err)
		}
		if isBad {
			return true, nil
		}
	}
	return false, nil
}

// markBad marks areas, as long as two remain. Half a block is better than none.
func (r *Records) markBad(failed []int64) error {
	if r.bad == nil || len(failed) == 0 {
		return nil
	}
	good := 0
	for area := range r.areas {
		isBad, err := r.isBad(area)
		if err != nil {
			return err
		}
		if !isBad {
			good++
		}
	}
	for _, area := range failed[:min(len(failed), max(good-2, 0))] {
		if err := r.bad.MarkBad(area * r.area / r.geo.erase); err != nil {
			return r.failure("mark bad", area*r.area, err)
		}
	}
	return nil
}

func (r *Records) failure(op string, off int64, err error) error {
	return &BlockError{Op: op, Block: off / r.geo.erase, Offset: off, Err: err}
}
