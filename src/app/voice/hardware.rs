//! Microphone and speaker of this computer, by `cpal`: ALSA on Linux (PulseAudio and PipeWire stand behind its default
//! device), WASAPI on Windows, Core Audio on macOS.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    ErrorKind, FromSample, I24, Sample, SampleFormat, SizedSample, StreamConfig, SupportedStreamConfig,
};

use super::device::{Captured, Device, Fault, Open, Ring};

/// The devices that the system takes by default, each time they are opened.
#[derive(Debug)]
pub(super) struct Hardware;

impl Device for Hardware {
    fn capture(&self, line: SyncSender<Captured>) -> Result<Open, Fault> {
        let device = cpal::default_host().default_input_device().ok_or(Fault::NoDevice)?;
        let chosen = device.default_input_config().map_err(fault)?;
        let config = config(&chosen);
        let stream = match chosen.sample_format() {
            SampleFormat::I8 => listen::<i8>(&device, config, line),
            SampleFormat::I16 => listen::<i16>(&device, config, line),
            SampleFormat::I24 => listen::<I24>(&device, config, line),
            SampleFormat::I32 => listen::<i32>(&device, config, line),
            SampleFormat::U8 => listen::<u8>(&device, config, line),
            SampleFormat::U16 => listen::<u16>(&device, config, line),
            SampleFormat::F32 => listen::<f32>(&device, config, line),
            SampleFormat::F64 => listen::<f64>(&device, config, line),
            other => return Err(Fault::Broken(format!("its samples are {other}"))),
        }?;
        Ok(Open { rate: config.sample_rate, handle: Box::new(stream) })
    }

    fn play(&self, ring: Arc<Ring>) -> Result<Open, Fault> {
        let device = cpal::default_host().default_output_device().ok_or(Fault::NoDevice)?;
        let chosen = device.default_output_config().map_err(fault)?;
        let config = config(&chosen);
        let stream = match chosen.sample_format() {
            SampleFormat::I8 => speak::<i8>(&device, config, ring),
            SampleFormat::I16 => speak::<i16>(&device, config, ring),
            SampleFormat::I24 => speak::<I24>(&device, config, ring),
            SampleFormat::I32 => speak::<i32>(&device, config, ring),
            SampleFormat::U8 => speak::<u8>(&device, config, ring),
            SampleFormat::U16 => speak::<u16>(&device, config, ring),
            SampleFormat::F32 => speak::<f32>(&device, config, ring),
            SampleFormat::F64 => speak::<f64>(&device, config, ring),
            other => return Err(Fault::Broken(format!("its samples are {other}"))),
        }?;
        Ok(Open { rate: config.sample_rate, handle: Box::new(stream) })
    }
}

fn config(chosen: &SupportedStreamConfig) -> StreamConfig {
    chosen.config()
}

fn listen<T: SizedSample>(
    device: &cpal::Device,
    config: StreamConfig,
    line: SyncSender<Captured>,
) -> Result<cpal::Stream, Fault>
where
    f32: FromSample<T>,
{
    let channels = usize::from(config.channels.max(1));
    let lost = line.clone();
    let stream = device.build_input_stream::<T, _, _>(
        config,
        move |samples, _| {
            let mono = samples.chunks_exact(channels).map(|frame| {
                frame.iter().map(|sample| f32::from_sample(*sample)).sum::<f32>() / channels as f32
            });
            // When nobody keeps up, what is said now is lost, not the thread of the sound system.
            let _ = line.try_send(Captured::Samples(mono.collect()));
        },
        move |error| {
            if is_end(&error) {
                let _ = lost.try_send(Captured::Lost(fault(error)));
            }
        },
        None,
    );
    started(stream)
}

fn speak<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    ring: Arc<Ring>,
) -> Result<cpal::Stream, Fault> {
    let channels = usize::from(config.channels.max(1));
    let lost = Arc::clone(&ring);
    let mut samples = Vec::new();
    let stream = device.build_output_stream::<T, _, _>(
        config,
        move |out, _| {
            samples.resize(out.len(), 0.0);
            ring.pull(&mut samples, channels);
            for (place, sample) in out.iter_mut().zip(&samples) {
                *place = T::from_sample(*sample);
            }
        },
        move |error| {
            if is_end(&error) {
                lost.lose(fault(error));
            }
        },
        None,
    );
    started(stream)
}

fn started(stream: Result<cpal::Stream, cpal::Error>) -> Result<cpal::Stream, Fault> {
    let stream = stream.map_err(fault)?;
    stream.play().map_err(fault)?;
    Ok(stream)
}

/// Some errors are only told: the sound goes on.
fn is_end(error: &cpal::Error) -> bool {
    !matches!(error.kind(), ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied | ErrorKind::Xrun)
}

fn fault(error: cpal::Error) -> Fault {
    match error.kind() {
        ErrorKind::DeviceBusy => Fault::Busy,
        ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable | ErrorKind::UnsupportedOperation => {
            Fault::NoDevice
        }
        ErrorKind::PermissionDenied => Fault::Refused,
        _ => Fault::Broken(error.to_string()),
    }
}
