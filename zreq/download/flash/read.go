package flash

// read reads from the image at off, up to the end of a block of it.
func (b *blocks) read(p []byte, off int64) (int, error) {
	block, err := b.find(off / b.geo.erase)
	if err != nil {
		return 0, err
	}
	within := off % b.geo.erase
	if left := b.geo.erase - within; int64(len(p)) > left {
		p = p[:left]
	}
	if err := readFull(b.dev, p, block*b.geo.erase+within); err != nil {
		return 0, b.failure("read", block, within, err)
	}
	return len(p), nil
}

// find returns where a block of the image lies: it counts the good ones, from the last one
// that was found if that is before it.
func (b *blocks) find(logical int64) (int64, error) {
	at := b.seen
	if at.physical == none || at.logical > logical {
		first, err := b.good(0)
		if err != nil {
			return 0, err
		}
		at = seen{0, first}
	}
	for at.logical < logical && at.physical < b.geo.blocks {
		next, err := b.good(at.physical + 1)
		if err != nil {
			return 0, err
		}
		at = seen{at.logical + 1, next}
	}
	if at.physical >= b.geo.blocks {
		return 0, &SpaceError{Need: (logical + 1) * b.geo.erase, Have: logical * b.geo.erase}
	}
	b.seen = at
	return at.physical, nil
}
