package flash

import "io"

// Region returns the n blocks of dev from block start on as a Device of their own, for a
// flash that holds more than one thing: the slots, the [State], the program itself. It is
// BadBlocks if dev is. A Region that does not fit into dev is a *[GeometryError], and so is
// one of a Device whose sizes make no sense.
//
//	slot, err := flash.Region(machine.Flash, 2, 64) // block 0 and 1 are for the State
func Region(dev Device, start, n int64) (Device, error) {
	geo, err := check(dev)
	if err != nil {
		return nil, err
	}
	if start < 0 || n <= 0 || start > geo.blocks || n > geo.blocks-start {
		return nil, &GeometryError{
			Size: dev.Size(), WriteBlockSize: geo.write, EraseBlockSize: geo.erase,
			Reason: "a Region must lie within the " + decimal(geo.blocks) + " blocks of the Device",
		}
	}
	r := region{dev: dev, first: start, off: start * geo.erase, size: n * geo.erase}
	if bad, ok := dev.(BadBlocks); ok {
		return &managedRegion{region: r, bad: bad}, nil
	}
	return &r, nil
}

// region is a part of a Device without BadBlocks.
type region struct {
	dev       Device
	first     int64 // block
	off, size int64 // bytes
}

func (r *region) Size() int64           { return r.size }
func (r *region) WriteBlockSize() int64 { return r.dev.WriteBlockSize() }
func (r *region) EraseBlockSize() int64 { return r.dev.EraseBlockSize() }

func (r *region) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off > r.size {
		return 0, io.EOF
	}
	if left := r.size - off; int64(len(p)) > left {
		n, err := r.dev.ReadAt(p[:left], r.off+off)
		if err == nil {
			err = io.EOF
		}
		return n, err
	}
	return r.dev.ReadAt(p, r.off+off)
}

func (r *region) WriteAt(p []byte, off int64) (int, error) {
	if off < 0 || off > r.size || int64(len(p)) > r.size-off {
		return 0, errOutside
	}
	return r.dev.WriteAt(p, r.off+off)
}

func (r *region) EraseBlocks(start, n int64) error {
	if blocks := r.size / r.EraseBlockSize(); start < 0 || n < 0 || start > blocks || n > blocks-start {
		return errOutside
	}
	return r.dev.EraseBlocks(r.first+start, n)
}

// managedRegion is a part of a Device with BadBlocks.
type managedRegion struct {
	region
	bad BadBlocks
}

func (r *managedRegion) IsBad(block int64) (bool, error) { return r.bad.IsBad(r.first + block) }
func (r *managedRegion) MarkBad(block int64) error       { return r.bad.MarkBad(r.first + block) }
