package download

// OffsetOf returns the offset in a record.
func OffsetOf(record []byte) (int64, bool) {
	var c checkpoint
	ok := c.decode(record)
	return c.offset, ok
}
