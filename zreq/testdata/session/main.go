// Program session shows which driver the calls of a Session go over as the program
// registers and chooses them: a registry belongs to a program, so this is one.
package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

func main() {
	var s zreq.Session
	fmt.Println("none:", errors.Is(get(&s, nil), zreq.ErrNoDriver))
	a, b := peer("a"), peer("b")
	netdriver.Register("a", a)
	fmt.Println("one:", get(&s, nil))
	netdriver.Register("b", b)
	fmt.Println("two:", errors.Is(get(&s, nil), netdriver.ErrAmbiguousDriver))
	_ = netdriver.SetDefault("b")
	fmt.Println("chosen:", get(&s, nil))
	own := zreq.Session{Driver: a}
	fmt.Println("the Session's:", get(&own, nil))
	fmt.Println("the call's:", get(&own, b))
	_ = netdriver.SetDefault("a")
	fmt.Println("chosen again:", get(&s, nil))
	fmt.Println("dials:", a.Dials(), b.Dials(), "reused:", s.Stats().Reused)
	_, _ = s.Close(), own.Close()
	fmt.Println("open:", a.Open(), b.Open())
}

// peer answers with its name, twice on each of two connections.
func peer(name string) *zreqtest.Peer {
	answer := zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + name)
	script := []zreqtest.Step{zreqtest.Request(), answer, zreqtest.Request(), answer}
	return zreqtest.NewPeer(nil, script, script)
}

// answer is who answered, as an error.
type answer string

func (a answer) Error() string { return string(a) }

func get(s *zreq.Session, driver netdriver.Driver) error {
	resp, err := s.Get(context.Background(), "http://device.test/", &zreq.Args{Driver: driver})
	if err != nil {
		return err
	}
	text, _ := resp.Content()
	return answer(text)
}
