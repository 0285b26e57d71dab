package wire

// Limits bounds what a peer can make large. A field that is zero or negative means its
// default. No bound can be switched off.
type Limits struct {
	HeadBytes     int // bytes of one head, with its blank line; default 16 KiB
	Fields        int // field lines of one head, and again of the trailers; default 128
	Informational int // 1xx responses before the final one; default 8
	ChunkLine     int // bytes of a chunk-size line, with its extensions and line end; default 1 KiB
	TrailerBytes  int // bytes of the trailer section, with its blank line; default 4 KiB
}

func (l Limits) withDefaults() Limits {
	return Limits{
		HeadBytes:     bound(l.HeadBytes, 16<<10),
		Fields:        bound(l.Fields, 128),
		Informational: bound(l.Informational, 8),
		ChunkLine:     bound(l.ChunkLine, 1<<10),
		TrailerBytes:  bound(l.TrailerBytes, 4<<10),
	}
}

func bound(n, byDefault int) int {
	if n <= 0 {
		return byDefault
	}
	return n
}
