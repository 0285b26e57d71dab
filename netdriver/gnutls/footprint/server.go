package main

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"

	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// A server sends to each connection as many bytes as it asks for, in records of the size
// that it asks for.
type server struct {
	address   string
	authority []byte // PEM
	listener  net.Listener
}

func serve() (*server, error) {
	ca, err := tlstest.NewAuthority()
	if err != nil {
		return nil, err
	}
	config, err := ca.Server("127.0.0.1")
	if err != nil {
		return nil, err
	}
	config.DynamicRecordSizingDisabled = true
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _ = answer(c) }()
		}
	}()
	return &server{l.Addr().String(), ca.PEM(), l}, nil
}

func (s *server) close() { _ = s.listener.Close() }

// answer serves one connection until the client closes it.
func answer(c net.Conn) error {
	defer c.Close()
	var asked [16]byte // how many bytes, and in what records
	for {
		if _, err := io.ReadFull(c, asked[:]); err != nil {
			return err
		}
		left := int64(binary.BigEndian.Uint64(asked[:8]))
		record := make([]byte, binary.BigEndian.Uint64(asked[8:]))
		for left > 0 {
			n, err := c.Write(record[:min(left, int64(len(record)))])
			if err != nil {
				return err
			}
			left -= int64(n)
		}
	}
}
