// A correct echo server that answers late: its argument says what it waits for before each answer.
package main

import (
	"net"
	"os"
	"os/exec"
	"sync"
	"time"
)

func wait(mode string, client net.Conn) {
	switch mode {
	case "sleep":
		time.Sleep(time.Second)
	case "after":
		<-time.After(time.Second)
	case "ticker":
		ticker := time.NewTicker(400 * time.Millisecond)
		for k := 0; k < 3; k++ {
			<-ticker.C
		}
	case "deadline":
		client.SetReadDeadline(time.Now().Add(time.Second))
		client.Read(make([]byte, 1))
		client.SetReadDeadline(time.Time{})
	case "lock":
		var lock sync.Mutex
		lock.Lock()
		go func() { time.Sleep(time.Second); lock.Unlock() }()
		lock.Lock()
	case "process":
		exec.Command("sleep", "1").Run()
	default:
		os.Exit(2)
	}
}

func main() {
	server, err := net.Listen("tcp", "127.0.0.1:65432")
	if err != nil {
		os.Exit(1)
	}
	for {
		client, _ := server.Accept()
		data := make([]byte, 1024)
		for {
			length, err := client.Read(data)
			if err != nil {
				break
			}
			wait(os.Args[1], client)
			client.Write(data[:length])
		}
		client.Close()
	}
}
