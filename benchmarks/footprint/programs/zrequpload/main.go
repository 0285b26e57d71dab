// Zrequpload sends a file as the body of a plain PUT.
package main

import (
	"context"
	"os"

	_ "github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/upload"
)

func main() {
	file, err := upload.Open(os.Args[2])
	if err != nil {
		os.Exit(1)
	}
	resp, err := upload.Upload(context.Background(), os.Args[1], file, &upload.Args{Method: "PUT"})
	if err != nil || resp.Status/100 != 2 {
		os.Exit(1)
	}
}
