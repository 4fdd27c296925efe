// Recording from the microphone, with a clock and a level.

const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const LEVELS_PER_SECOND = 12;

export const canRecord = () => Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);

// Start recording; `onLevel(level, seconds)` hears how loud it is, 0 to 1.
// The result has two ends: `finish()` gives the recording, `cancel()` throws it away.
export async function startRecording(onLevel) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const type = TYPES.find((name) => MediaRecorder.isTypeSupported(name));
  const recorder = new MediaRecorder(stream, type ? { mimeType: type } : {});
  const chunks = [];
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const stopListening = listen(stream, (level) => onLevel(level, seconds()));
  recorder.addEventListener("dataavailable", (event) => chunks.push(event.data));
  recorder.start();

  const stop = () => new Promise((resolve) => {
    recorder.addEventListener("stop", resolve, { once: true });
    recorder.stop();
    stopListening();
    stream.getTracks().forEach((track) => track.stop());
  });

  return {
    finish: async () => {
      const duration = Math.round(seconds());
      await stop();
      const mimeType = recorder.mimeType.split(";")[0];
      const ending = mimeType.split("/")[1];
      return { duration, file: new File(chunks, `voice.${ending}`, { type: mimeType }) };
    },
    cancel: stop,
  };
}

function listen(stream, onLevel) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const decibels = 10 * Math.log10(power + 1e-9); // speech lies between -50 and -15
    onLevel(Math.min(Math.max((decibels + 55) / 45, 0), 1));
  }, 1000 / LEVELS_PER_SECOND);
  return () => {
    clearInterval(timer);
    context.close();
  };
}
