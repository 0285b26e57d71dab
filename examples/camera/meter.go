package main

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"io"
	"time"
)

// meter counts pictures, and prints a line for each second of them.
type meter struct {
	out    io.Writer
	began  time.Time
	frames int
	bytes  int
	second int // the last one that was printed
	shown  int // the pictures that were printed
}

func (m *meter) frame(picture []byte) error {
	size, err := jpeg.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return err
	}
	if m.frames++; m.frames == 1 {
		fmt.Fprintf(m.out, "pictures of %d × %d\n", size.Width, size.Height)
	}
	m.bytes += len(picture)
	if second := int(time.Since(m.began).Seconds()); second > m.second {
		fmt.Fprintf(m.out, "%d frames/s\n", (m.frames-m.shown)/(second-m.second))
		m.second, m.shown = second, m.frames
	}
	return nil
}

func (m *meter) end() {
	took := time.Since(m.began)
	fmt.Fprintf(m.out, "%d pictures, %d KiB, %.0f frames/s\n", m.frames, m.bytes>>10, float64(m.frames)/took.Seconds())
}
