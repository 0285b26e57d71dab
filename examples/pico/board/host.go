//go:build !tinygo

package main

func main() { println("this program is for TinyGo: tinygo flash -target=pico -stack-size=8KB .") }
