package flash

import "hash/crc32"

// move gives up the current block, which has failed with err, and copies what was written
// into it to the next one that takes it.
func (b *blocks) move(err error) error {
	from, n, sum := b.cur, b.done, b.sum
	if err := b.suspect(err); err != nil {
		return err
	}
	if b.moved == nil {
		b.moved = make([]byte, len(b.back))
	}
	for range readTries {
		if err := b.begin(); err != nil {
			return err
		}
		for err := b.copyFrom(from, n); err != nil; err = b.copyFrom(from, n) {
			if err := b.suspect(err); err != nil {
				return err
			}
			if err := b.begin(); err != nil {
				return err
			}
		}
		if b.sum == sum {
			return nil
		}
		b.next = b.cur // it was read wrong on the way: the same block, erased once more
	}
	return b.failure("read", from, 0, ErrLost)
}

// copyFrom copies the first n bytes of a block to the current one.
func (b *blocks) copyFrom(from, n int64) error {
	for b.done < n {
		p := b.moved[:min(n-b.done, int64(len(b.moved)))]
		err := readFull(b.dev, p, from*b.geo.erase+b.done)
		if worn(err) {
			err = ErrLost // it is not the new block that fails
		}
		if err != nil {
			return b.failure("read", from, b.done, err)
		}
		if err := b.program(p, b.done); err != nil {
			return err
		}
		b.sum = crc32.Update(b.sum, table, p)
		b.done += int64(len(p))
	}
	return nil
}
