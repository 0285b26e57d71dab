// Nethttpupload sends a file as the body of a PUT by net/http.
package main

import (
	"net/http"
	"os"
)

func main() {
	file, err := os.Open(os.Args[2])
	if err != nil {
		os.Exit(1)
	}
	info, err := file.Stat()
	if err != nil {
		os.Exit(1)
	}
	req, err := http.NewRequest(http.MethodPut, os.Args[1], file)
	if err != nil {
		os.Exit(1)
	}
	req.ContentLength = info.Size()
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode/100 != 2 {
		os.Exit(1)
	}
}
