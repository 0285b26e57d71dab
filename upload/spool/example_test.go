package spool_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
)

// A device adds what it has recorded, and sends it when there is a link.
func Example() {
	card, err := os.MkdirTemp("", "card")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(card)
	fleet := serve(func(a arrival) string {
		fmt.Println("arrived:", a.path, a.body)
		return status(201)
	})
	defer fleet.close()

	s, err := spool.Open(filepath.Join(card, "spool"), &spool.Args{
		URL: func(f spool.File, _ *upload.Args) string {
			return "http://fleet.test/recordings/" + url.PathEscape(f.Name)
		},
		Upload: upload.Args{Method: "PUT", Driver: fleet},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	for _, name := range []string{"07:30.log", "07:31.log"} {
		recording := filepath.Join(card, name)
		if err := os.WriteFile(recording, []byte("door opened"), 0o600); err != nil {
			fmt.Println(err)
			return
		}
		f, err := s.Add(recording)
		fmt.Println("added:", f.Number, f.Name, err)
	}
	fmt.Println(s.Drain(context.Background())) // Run would go on with what is added later
	// Output:
	// added: 1 07:30.log <nil>
	// added: 2 07:31.log <nil>
	// arrived: /recordings/07:30.log door opened
	// arrived: /recordings/07:31.log door opened
	// <nil>
}

// A program stops Run by its context, and looks at what has become of each file.
func ExampleSpool_Run() {
	card, err := os.MkdirTemp("", "card")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(card)
	fleet := serve(func(a arrival) string {
		if a.body == "" {
			return status(422) // what should it do with that?
		}
		return status(201)
	})
	defer fleet.close()

	ctx, stop := context.WithCancelCause(context.Background())
	s, err := spool.Open(filepath.Join(card, "spool"), &spool.Args{
		URL: func(_ spool.File, args *upload.Args) string {
			args.ContentType = "text/plain"
			return "http://fleet.test/recordings"
		},
		Upload: upload.Args{Driver: fleet},
		Report: func(e spool.Event) {
			fmt.Println(e.File.Number, e.File.Name, e.Outcome, e.Err)
			if e.File.Number == 2 {
				stop(errors.New("switched off"))
			}
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	for name, content := range []string{"", "door opened"} {
		recording := filepath.Join(card, fmt.Sprint(name))
		if err := os.WriteFile(recording, []byte(content), 0o600); err != nil {
			fmt.Println(err)
			return
		}
		if _, err := s.Add(recording); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(s.Run(ctx))
	// Output:
	// 1 0 set aside the server did not accept the file: status 422 Unprocessable Entity
	// 2 1 sent <nil>
	// switched off
}
