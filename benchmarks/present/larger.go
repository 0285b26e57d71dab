package present

import (
	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/table"
)

// Larger lists where zreq holds more memory, or makes a larger program, than a peer.
func Larger(idles []memory.Idle, peaks []memory.Peak, growths []memory.Growth, sizes []footprint.Size) string {
	t := &table.Table{Words: 3, Heads: []string{"what", "this", "is larger than", "this has", "that has"}}
	row := func(what, zreq, name string, a, b int64) {
		if ours(zreq) && peer(name) && a > b {
			t.Add(what, zreq, name, bytes(float64(a)), bytes(float64(b)))
		}
	}
	for _, a := range idles {
		for _, b := range idles {
			if a.TLS == b.TLS && a.Connections == b.Connections {
				row("kept connection ("+connections(a)+")", a.Peer, b.Peer, held(a), held(b))
			}
		}
	}
	for _, a := range peaks {
		for _, b := range peaks {
			if a.Job == b.Job && len(a.RSS) > 0 && len(b.RSS) > 0 {
				row("peak: "+a.Job, a.Peer, b.Peer, a.Median(), b.Median())
			}
		}
	}
	for _, a := range growths {
		for _, b := range growths {
			row("heap while streaming", a.Peer, b.Peer, a.Bytes, b.Bytes)
		}
	}
	for _, a := range sizes {
		for _, b := range sizes {
			if a.System == b.System && a.Job == b.Job {
				row("program for "+a.System+", "+a.Job, a.Name, b.Name, a.Loaded, b.Loaded)
			}
		}
	}
	if len(t.Rows) == 0 {
		return "zreq is larger than no peer here.\n"
	}
	return t.String()
}
