package flashtest_test

import (
	"bytes"
	"fmt"

	"github.com/zreq-go/zreq/zreq/download/flash/flashtest"
)

// The power is cut in every operation of a task, and the task must succeed when it is repeated.
func ExampleNOR_Cut() {
	task := func(dev *flashtest.NOR) error {
		if err := dev.EraseBlocks(0, 1); err != nil {
			return err
		}
		_, err := dev.WriteAt(bytes.Repeat([]byte("page"), 128), 0)
		return err
	}
	whole := flashtest.New(4, 4096, 256)
	fmt.Println(task(whole), whole.Ops())

	right := 0
	for op := range whole.Ops() {
		for _, tear := range flashtest.Tears {
			dev := flashtest.New(4, 4096, 256)
			dev.Cut(op, tear)
			if err := task(dev); err != flashtest.ErrPower {
				panic(err)
			}
			dev.PowerOn()
			if err := task(dev); err == nil && bytes.Equal(dev.Bytes(), whole.Bytes()) {
				right++
			}
		}
	}
	fmt.Println(right, "cuts")
	// Output:
	// <nil> 3
	// 18 cuts
}

// A bit of the second block cannot be raised any more.
func ExampleNOR_SetFault() {
	dev := flashtest.New(4, 4096, 256)
	dev.SetFault(1, flashtest.StuckBit)
	fmt.Println(dev.EraseBlocks(1, 1))
	page := dev.Bytes()[4096+2048:]
	fmt.Printf("%x\n", page[0])
	// Output:
	// <nil>
	// ef
}
