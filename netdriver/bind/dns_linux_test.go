package bind_test

import (
	"bytes"
	"encoding/binary"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
)

// tooLong is a name that UDP does not get to know more of than that there is more.
const tooLong = "long.test"

// A nameserver knows a few names, and remembers who asked for them.
type nameserver struct {
	zone map[string][]string // addresses by name

	mu    sync.Mutex
	asked []string // "by from name"
}

// serve answers questions on c, which is where by stands for, until the test ends.
func (s *nameserver) serve(t *testing.T, c net.PacketConn, by string) {
	t.Helper()
	var all sync.WaitGroup
	all.Go(func() {
		p := make([]byte, 1500)
		for {
			n, from, err := c.ReadFrom(p)
			if err != nil {
				return
			}
			reply := s.reply(p[:n], by+" "+from.(*net.UDPAddr).IP.String())
			if bytes.Contains(reply, []byte("\x04long\x04test")) {
				reply[2] |= 2 // TC
			}
			if reply != nil {
				_, _ = c.WriteTo(reply, from)
			}
		}
	})
	t.Cleanup(func() {
		_ = c.Close()
		all.Wait()
	})
}

// serveTCP is serve for the questions whose answers are too long for UDP.
func (s *nameserver) serveTCP(t *testing.T, l net.Listener, by string) {
	t.Helper()
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p := make([]byte, 1500)
			if n, err := c.Read(p); err == nil && n > 2 {
				reply := s.reply(p[2:n], by+" "+c.RemoteAddr().(*net.TCPAddr).IP.String()+" over TCP")
				_, _ = c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...))
			}
			_ = c.Close()
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		all.Wait()
	})
}

// took returns who asked since the last time, each once.
func (s *nameserver) took() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	slices.Sort(asked)
	return slices.Compact(asked)
}

// reply answers one question of RFC 1035, section 4.
func (s *nameserver) reply(question []byte, who string) []byte {
	if len(question) < 12 {
		return nil
	}
	var labels []string
	end := 12
	for end < len(question) && question[end] != 0 {
		next := end + 1 + int(question[end])
		if next >= len(question) {
			return nil
		}
		labels = append(labels, string(question[end+1:next]))
		end = next
	}
	end += 5 // the root, type and class
	if end > len(question) {
		return nil
	}
	name := strings.Join(labels, ".")
	s.mu.Lock()
	s.asked = append(s.asked, who+" "+name)
	s.mu.Unlock()
	return s.answer(question[:end], name, question[end-3])
}

func (s *nameserver) answer(question []byte, name string, kind byte) []byte {
	addresses, known := s.zone[name]
	reply := slices.Clone(question)
	const answered, failed = 0x8580, 0x8182 // flags: an answer of the authority, SERVFAIL
	binary.BigEndian.PutUint16(reply[2:], answered)
	if !known {
		binary.BigEndian.PutUint16(reply[2:], failed)
	}
	var count uint16
	for _, address := range addresses {
		ip := netip.MustParseAddr(address)
		ofKind := byte(1) // A
		if ip.Is6() {
			ofKind = 28 // AAAA
		}
		if kind != ofKind {
			continue
		}
		count++
		reply = append(reply, 0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 0, 0, byte(len(ip.AsSlice())))
		reply = append(reply, ip.AsSlice()...)
	}
	binary.BigEndian.PutUint16(reply[6:], count)
	binary.BigEndian.PutUint16(reply[8:], 0)
	binary.BigEndian.PutUint16(reply[10:], 0)
	return reply
}
