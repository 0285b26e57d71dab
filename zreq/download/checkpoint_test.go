package download

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/matryer/is"
)

func someCheckpoint() checkpoint {
	return checkpoint{
		key: [32]byte{1}, part: [16]byte{2}, offset: 3 << 32, size: 5 << 32,
		seen:   version{validator: validator{byETag, `"v7"`, resource{6}}, digest: bytes.Repeat([]byte{7}, 32), coding: "br"},
		state:  bytes.Repeat([]byte{8}, 108),
		ledger: ledger{spent: 9 << 32, reached: 10 << 32, attempts: 11, failed: 12, restarts: 13},
		flags:  isPieced | isPlain,
	}
}

// TestCheckpoint: a record says what was written into it, has about 300 bytes, and fits into
// MaxRecord whatever is in it. A flash may pad it.
func TestCheckpoint(t *testing.T) {
	is := is.New(t)
	c, got := someCheckpoint(), checkpoint{}
	record := c.encode(nil)
	is.True(got.decode(record))
	is.True(reflect.DeepEqual(got, c))
	is.True(len(record) <= 350)
	is.True(got.decode(append(record, 0xff, 0xff)))
	full := c
	full.offset, full.size, full.spent = math.MaxInt64, math.MaxInt64, math.MaxInt64
	full.seen.validator.value = `"` + strings.Repeat("x", maxETag-2) + `"`
	full.seen.coding = strings.Repeat("x", maxCoding)
	full.state = make([]byte, maxHashState)
	record = full.encode(nil)
	is.True(len(record) <= MaxRecord)
	is.True(got.decode(record) && got.size == math.MaxInt64)
	empty := checkpoint{size: -1}
	is.True(got.decode(empty.encode(nil)))
	is.True(reflect.DeepEqual(got, empty))
}

// TestCheckpointTorn: a record that was cut anywhere, or in which any bit is another one, is
// none.
func TestCheckpointTorn(t *testing.T) {
	is := is.New(t)
	c, got := someCheckpoint(), checkpoint{}
	record := c.encode(nil)
	for n := range len(record) {
		is.True(!got.decode(record[:n])) // cut
		torn := append(bytes.Clone(record[:n]), bytes.Repeat([]byte{0xff}, len(record)-n)...)
		is.True(!got.decode(torn)) // erased from there on
		for bit := range 8 {
			record[n] ^= 1 << bit
			is.True(!got.decode(record))
			record[n] ^= 1 << bit
		}
	}
	is.True(got.decode(record))
}

// TestCheckpointOfNegativeCounts: a record with a count that cannot be is none, whole as it is.
func TestCheckpointOfNegativeCounts(t *testing.T) {
	is := is.New(t)
	for _, harm := range []func(c *checkpoint){
		func(c *checkpoint) { c.offset = -1 },
		func(c *checkpoint) { c.offset = c.size + 1 },
		func(c *checkpoint) { c.spent = -1 }, // would be added to a Budget
		func(c *checkpoint) { c.reached = math.MinInt64 },
	} {
		c, got := someCheckpoint(), checkpoint{}
		is.True(got.decode(c.encode(nil)))
		harm(&c)
		is.True(!got.decode(c.encode(nil)))
	}
}

// TestMayRestart: a count that no int of 32 bits has is not a small one.
func TestMayRestart(t *testing.T) {
	is := is.New(t)
	for restarts, may := range map[uint32]bool{0: true, 2: true, 3: false, 1 << 31: false, math.MaxUint32: false} {
		l := ledger{restarts: restarts}
		is.Equal(l.mayRestart(3), may)
	}
}
