package limits

import "github.com/zreq-go/zreq/benchmarks/footprint"

// size is how much more is loaded of a program than of another, both by their folders.
type size struct{ system, program, other string }

func (f size) Unit() Unit { return Bytes }

func (f size) need(n *Needs) {
	if n.Programs == nil {
		n.Programs = make(map[string][]footprint.Program)
	}
	for _, p := range footprint.Programs {
		if p.Folder == f.program || p.Folder == f.other {
			n.Programs[f.system] = append(n.Programs[f.system], p)
		}
	}
}

func (f size) Of(r *Results) (Value, error) {
	program, err := f.find(r, f.program)
	if err != nil {
		return Value{}, err
	}
	other, err := f.find(r, f.other)
	return exactly(float64(program.Loaded - other.Loaded)), err
}

func (f size) find(r *Results, folder string) (footprint.Size, error) {
	title := func(s footprint.Size) string { return s.System + ": " + s.Folder }
	wanted := footprint.Size{System: f.system, Program: footprint.Program{Folder: folder}}
	return find("program", r.Sizes, title(wanted), title)
}
