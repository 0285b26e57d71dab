//go:build !tinygo

package download_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// serve is the server of the examples, and the driver that reaches it. A program
// imports netdriver/std instead and leaves Args.Driver out.
func serve(answer string) *zreqtest.Peer {
	return zreqtest.NewPeer(nil, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(answer), zreqtest.Close()})
}

// A device replaces its firmware image, or keeps the one that it has.
func ExampleSaveFile() {
	dir, err := os.MkdirTemp("", "firmware")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "firmware.bin")
	peer := serve("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirmware 7")
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://updates.test/firmware.bin", &zreq.Args{Stream: true, Driver: peer})
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := download.SaveFile(resp, path)
	if err != nil {
		fmt.Println("the old one stays:", err)
		return
	}
	content, err := os.ReadFile(path)
	fmt.Printf("%d bytes: %q %v\n", n, content, err)
	// Output:
	// 10 bytes: "firmware 7" <nil>
}

// What is short is an error, and nothing is left of it.
func ExampleSaveFile_truncated() {
	dir, err := os.MkdirTemp("", "firmware")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	peer := serve("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirm")
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://updates.test/firmware.bin", &zreq.Args{Stream: true, Driver: peer})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = download.SaveFile(resp, filepath.Join(dir, "firmware.bin"))
	fmt.Println(errors.Is(err, zreq.ErrTruncated))
	entries, err := os.ReadDir(dir)
	fmt.Println(len(entries), err)
	// Output:
	// true
	// 0 <nil>
}

// A digest that is known before is looked at before the file takes its name.
func ExampleCreate() {
	const want = "24d73af6efb4a4fdeebd9b1e10e01b0ee1c1ed4e2b4f4a4b1a0dbf3a1ac2ab7b"
	dir, err := os.MkdirTemp("", "firmware")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	peer := serve("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirmware 7")
	defer peer.Close()

	save := func() error {
		resp, err := zreq.Get(context.Background(), "http://updates.test/firmware.bin", &zreq.Args{Stream: true, Driver: peer})
		if err != nil {
			return err
		}
		defer resp.Close()
		if err := resp.Fit(); err != nil {
			return err
		}
		file, err := download.Create(filepath.Join(dir, "firmware.bin"))
		if err != nil {
			return err
		}
		defer file.Close() // removes what was not committed
		sum := sha256.New()
		if _, err := resp.WriteTo(io.MultiWriter(file, sum)); err != nil {
			return err
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != want {
			return errors.New("wrong image")
		}
		return file.Commit()
	}
	fmt.Println(save())
	// Output:
	// wrong image
}
