// A correct echo server that answers late: its argument says what it waits for before each answer.
const fs = require('fs');
const net = require('net');
const os = require('os');
const path = require('path');
const { exec, execSync } = require('child_process');
const { Worker } = require('worker_threads');

const modes = {
  timeout: (answer) => setTimeout(answer, 1000),
  interval: (answer) => {
    let rounds = 0;
    const timer = setInterval(() => {
      rounds += 1;
      if (rounds === 3) {
        clearInterval(timer);
        answer();
      }
    }, 400);
  },
  child: (answer) => exec('sleep 1', answer),
  child_sync: (answer) => {
    execSync('sleep 1');
    answer();
  },
  worker: (answer) =>
    new Worker("const { parentPort } = require('worker_threads'); setTimeout(() => parentPort.postMessage(1), 1000)", {
      eval: true,
    }).once('message', answer),
  atomics: (answer) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    answer();
  },
  watch: (answer) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'late-'));
    const watcher = fs.watch(folder, () => {
      watcher.close();
      answer();
    });
    exec(`sleep 1; : > ${folder}/done`);
  },
};

const wait = modes[process.argv[2]];
net.createServer((client) => client.on('data', (data) => wait(() => client.write(data)))).listen(65432, '127.0.0.1');
